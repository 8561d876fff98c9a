import type { AccountId } from '../ids.ts';
import type { Operation } from '../sql/statement.ts';
import type { TextNeedle } from './text-needle.ts';

/** Emails of the account that may hold the needle; undefined: any may. */
// oxlint-disable-next-line require-yield -- reads the index blocks once they are written
export function* readCandidates(
  _accountId: AccountId,
  _needle: TextNeedle,
): Operation<ReadonlySet<number> | undefined> {
  return undefined;
}
