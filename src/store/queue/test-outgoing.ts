import type { AccountId, QueueId } from '../ids.ts';
import type { EntryEnd } from './retired-row.ts';
import type { NewOutgoing, OutgoingEnvelope, NewEntry } from './outgoing-row.ts';

/** A message for tests, with its subject as its text. */
export function newOutgoing(
  subject: string,
  recipients: readonly string[],
  options: Partial<Pick<OutgoingEnvelope, 'prefix' | 'fromDomain' | 'queuedAtMs' | 'counts' | 'messageKey'>> &
    Partial<Pick<NewEntry, 'dueAtMs' | 'expiresAtMs'>> & { readonly accountId?: AccountId } = {},
): NewOutgoing {
  const { prefix = '', fromDomain = 'home.example', queuedAtMs = 0, counts = false } = options;
  const { dueAtMs = 0, expiresAtMs = 1e12, accountId, messageKey } = options;
  const entries = recipients.map((recipient) => ({
    returnPath: 'sender@home.example',
    recipient,
    domain: recipient.slice(recipient.indexOf('@') + 1),
    dueAtMs,
    expiresAtMs,
    facts: '{"of":"entry"}',
    key: Buffer.from(recipient).reduce((sum, octet) => (sum * 31 + octet) % 2 ** 40, 7),
  }));
  const octets = Buffer.from(`Subject: ${subject}\r\n\r\n${subject}\r\n`);
  return {
    message: { kind: 'octets', octets },
    outgoing: { accountId, prefix, fromDomain, queuedAtMs, messageKey, facts: '{"of":"message"}', entries, counts },
  };
}

/** How entries ended, for tests. */
export function endsOf(ids: readonly QueueId[], changes: Partial<Omit<EntryEnd, 'id'>> = {}): readonly EntryEnd[] {
  return ids.map((id) => ({ id, result: 'delivered', story: undefined, ending: '{}', ...changes }));
}
