import type { AccountId, ModSeq } from '../ids.ts';
import { first, type Operation } from '../sql/statement.ts';

/** The account is not there (any more). */
export class NoSuchAccount extends Error {
  override readonly name = 'NoSuchAccount';
}

/** The next modseq of an account; locks the account's row until the transaction ends. */
export function* takeModseq(accountId: AccountId): Operation<ModSeq> {
  const row = yield* first('UPDATE account SET modseq = modseq + 1 WHERE id = ? RETURNING modseq', accountId);
  if (row === undefined) throw new NoSuchAccount(`account ${accountId} does not exist`);
  return Number(row[0]) as ModSeq;
}
