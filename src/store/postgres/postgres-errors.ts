import { DatabaseError } from 'pg';
import { StorageFull } from '../store.ts';
import { UnsupportedValue } from './sql-values.ts';

/**
 * What to do about an error of a transaction:
 * - conflict: another transaction was in the way; rolled back, trying again helps
 * - lost: the connection is of no use any more; unless it was committing, nothing was changed
 * - other: rolled back, trying again does not help
 */
export type Trouble = 'conflict' | 'lost' | 'other';

/** SQLSTATEs of a connection that ends, or of a server that takes none now (PostgreSQL documentation, appendix A). */
const lostCodes = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
  '26000', // the connection does not know a prepared statement: a pooler in between mixed connections up
]);

/** An error out of pg, or out of what reads its rows. Errors of the operation itself must not come here. */
export function classify(error: unknown): Trouble {
  if (error instanceof UnsupportedValue) return 'other';
  // Anything that is not an answer of the server is about the connection.
  if (!(error instanceof DatabaseError)) return 'lost';
  const code = error.code ?? '';
  if (code === '40001' || code === '40P01') return 'conflict';
  if (code.startsWith('08') || lostCodes.has(code)) return 'lost';
  // A migration changed a table under a prepared statement. Another connection prepares it anew.
  if (code === '0A000' && error.message.includes('cached plan')) return 'lost';
  return 'other';
}

/** What the rest of the server is told. */
export function translate(error: unknown): unknown {
  if (error instanceof DatabaseError && error.code === '53100') {
    return new StorageFull('the disk of the database is full', { cause: error });
  }
  return error;
}
