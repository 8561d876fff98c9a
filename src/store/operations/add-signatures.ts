import type { Written } from '../delta.ts';
import type { AccountId } from '../ids.ts';
import { encodeBlock, maxMessages, mergeBlocks, type SignedMessage } from '../search/signature-block.ts';
import { execute, first, query, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

export interface Signatures {
  readonly accounts: readonly { readonly accountId: AccountId; readonly messages: readonly SignedMessage[] }[];
  /** Of all emails up to this one, those that waited are among the messages. */
  readonly upTo: number;
}

/** Puts messages into the text index, at most 256 of an account: its last block is filled up, then new ones are made. */
export function* addSignatures(context: OperationContext, request: Signatures): Operation<Written<true>> {
  const waiting = context.dialect.queuesForSearch ? takeFromQueue : takeAbove(yield* readIndexed());
  for (const { accountId, messages } of request.accounts) {
    const fresh = yield* waiting(accountId, messages);
    if (fresh.length > 0) yield* addToAccount(accountId, fresh);
  }
  if (!context.dialect.queuesForSearch) {
    yield* execute("UPDATE counter SET value = ? WHERE name = 'indexed' AND value < ?", request.upTo, request.upTo);
  }
  return { result: true, deltas: [] };
}

type TakeWaiting = (accountId: AccountId, messages: readonly SignedMessage[]) => Operation<readonly SignedMessage[]>;

/** Those that were swept meanwhile, or indexed by another process, are not in the queue any more. */
function* takeFromQueue(
  _accountId: AccountId,
  messages: readonly SignedMessage[],
): Operation<readonly SignedMessage[]> {
  const fresh: SignedMessage[] = [];
  for (const message of messages) {
    const pending = yield* first('DELETE FROM search_pending WHERE email_id = ? RETURNING email_id', message.id);
    if (pending !== undefined) fresh.push(message);
  }
  return fresh;
}

/** The account may have been removed meanwhile. */
function takeAbove(indexed: number): TakeWaiting {
  return function* take(accountId, messages) {
    const account = yield* first('SELECT 1 FROM account WHERE id = ?', accountId);
    return account === undefined ? [] : messages.filter(({ id }) => id > indexed);
  };
}

function* readIndexed(): Operation<number> {
  const row = yield* first("SELECT value FROM counter WHERE name = 'indexed'");
  return Number(row?.[0] ?? 0);
}

function* addToAccount(accountId: AccountId, fresh: readonly SignedMessage[]): Operation<void> {
  const rows = yield* query(
    'SELECT id, octets FROM search_block WHERE account_id = ? AND messages < ? ORDER BY id DESC LIMIT 1',
    ...[accountId, maxMessages],
  );
  const [last] = rows;
  const unfilled = last?.[1] instanceof Uint8Array ? [last[1]] : [];
  const blocks = mergeBlocks([...unfilled, encodeBlock(fresh)]);
  if (last !== undefined) yield* execute('DELETE FROM search_block WHERE id = ?', Number(last[0]));
  for (const block of blocks) {
    const messages = new DataView(block.buffer, block.byteOffset).getUint32(4, true);
    yield* execute(
      'INSERT INTO search_block (account_id, messages, octets) VALUES (?, ?, ?)',
      accountId,
      messages,
      block,
    );
  }
}
