import type { AccountId } from '../ids.ts';
import { execute, first, type Operation } from '../sql/statement.ts';

/** An account cannot make up more keywords than this (RFC 9051 section 2.3.2 leaves the limit to the server). */
export const maxKeywords = 1000;

/** More keywords than an account may have. */
export class TooManyKeywords extends Error {
  override readonly name = 'TooManyKeywords';
}

/** The spelling first used in the account for each keyword; new ones are remembered. Sorted, without doubles. */
export function* internKeywords(accountId: AccountId, names: readonly string[]): Operation<readonly string[]> {
  if (names.length === 0) return names;
  const interned = new Set<string>();
  for (const name of names) {
    const folded = name.toLowerCase();
    const row = yield* first('SELECT name FROM keyword WHERE account_id = ? AND folded = ?', accountId, folded);
    if (row !== undefined) {
      interned.add(String(row[0]));
      continue;
    }
    const count = yield* first('SELECT count(*) FROM keyword WHERE account_id = ?', accountId);
    if (Number(count?.[0]) >= maxKeywords) throw new TooManyKeywords(`an account has at most ${maxKeywords} keywords`);
    yield* execute(
      'INSERT INTO keyword (account_id, folded, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      accountId,
      folded,
      name,
    );
    interned.add(name);
  }
  return [...interned].sort();
}
