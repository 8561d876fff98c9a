import type { AccountId } from '../ids.ts';
import { query, type Operation } from '../sql/statement.ts';
import { findCandidates } from './signature-block.ts';
import type { TextNeedle } from './text-needle.ts';
import { hashNeedles } from './trigram-signature.ts';

/**
 * Emails of the account that may hold the needle: those the index names, and those it does not cover yet. Undefined: the
 * needle is too short for the index, so any may.
 */
export function* readCandidates(accountId: AccountId, needle: TextNeedle): Operation<ReadonlySet<number> | undefined> {
  const places = hashNeedles(needle.needle);
  if (places === undefined) return undefined;
  const pending = yield* query('SELECT email_id FROM search_pending WHERE account_id = ?', accountId);
  const candidates = new Set(pending.map((row) => Number(row[0])));
  const blocks = yield* query('SELECT octets FROM search_block WHERE account_id = ?', accountId);
  for (const [octets] of blocks) {
    if (!(octets instanceof Uint8Array)) continue;
    for (const id of findCandidates(octets, places, needle.where)) candidates.add(id);
  }
  return candidates;
}
