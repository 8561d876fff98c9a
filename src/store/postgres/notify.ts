import { execute } from '../sql/statement.ts';
import type { Operation } from '../sql/statement.ts';

/** PostgreSQL takes payloads of less than 8000 octets. */
export const maxPayloadOctets = 7999;

/**
 * Tells all who listen to the channel, once and when the transaction commits. In one transaction, notifications that are
 * equal are told once. @throws Error when the payload is too long
 */
export function* notify(channel: string, payload: string): Operation<void> {
  if (Buffer.byteLength(payload) > maxPayloadOctets) throw new Error('the payload of a notification is too long');
  yield* execute('SELECT pg_notify(?, ?)', channel, payload);
}
