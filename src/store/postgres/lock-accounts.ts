import { execute, type Operation } from '../sql/statement.ts';
import type { AppendTarget } from '../append-target.ts';
import type { WriteName } from '../write-request.ts';

/** An account's row until the transaction ends. Not stronger, so that nobody who only names the account waits. */
const lockAccount = 'SELECT 1 FROM account WHERE id = ? FOR NO KEY UPDATE';

/**
 * Locks what a write is going to change before it looks at anything, as each statement sees what was committed before
 * it: all that belongs to an account is changed under the lock of its row. Several are locked in the order of their ids,
 * and before anything else, so nobody waits for each other in a circle. What is shared between accounts:
 * - blobs: `storeBlob` and `sweep` lock the row themselves
 * - the directory: its version's row is locked by the edit, after the accounts
 */
export function* lockAccounts(name: WriteName, args: unknown): Operation<void> {
  if (name === 'repairCounts' || name === 'resetSearch') {
    // Waits for all writes and keeps new ones out; reads go on.
    yield* execute('LOCK TABLE account IN EXCLUSIVE MODE');
    return;
  }
  if (name === 'editDirectory') {
    const { removeAccounts } = args as { readonly removeAccounts: readonly string[] };
    if (removeAccounts.length === 0) return;
    const marks = removeAccounts.map(() => '?').join(', ');
    yield* execute(`SELECT 1 FROM account WHERE name IN (${marks}) ORDER BY id FOR UPDATE`, ...removeAccounts);
    return;
  }
  for (const accountId of accountsOf(args)) yield* execute(lockAccount, accountId);
}

/** The accounts a write belongs to, ascending, each once; none for those that look after the database as a whole. */
export function accountsOf(args: unknown): readonly number[] {
  const request = args as {
    readonly accountId?: number;
    readonly target?: { readonly accountId: number };
    readonly accounts?: readonly { readonly accountId: number }[];
    readonly messages?: readonly { readonly targets?: readonly AppendTarget[] }[];
  };
  if (request.accountId !== undefined) return [request.accountId];
  if (request.target !== undefined) return [request.target.accountId];
  const targets = request.accounts ?? request.messages?.flatMap((message) => message.targets ?? []) ?? [];
  return [...new Set(targets.map((target) => target.accountId))].sort((a, b) => a - b);
}
