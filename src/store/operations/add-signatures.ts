import type { Written } from '../delta.ts';
import type { AccountId } from '../ids.ts';
import { encodeBlock, maxMessages, mergeBlocks, type SignedMessage } from '../search/signature-block.ts';
import { execute, first, query, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

/** Puts messages (at most 256) into the text index of an account: the last block is filled up, then new ones are made. */
export function* addSignatures(
  _context: OperationContext,
  request: { readonly accountId: AccountId; readonly messages: readonly SignedMessage[] },
): Operation<Written<true>> {
  const { accountId } = request;
  const fresh: SignedMessage[] = [];
  for (const message of request.messages) {
    // Swept meanwhile, or indexed by another process: then it is not pending any more.
    const pending = yield* first('DELETE FROM search_pending WHERE email_id = ? RETURNING email_id', message.id);
    if (pending !== undefined) fresh.push(message);
  }
  if (fresh.length === 0) return { result: true, deltas: [] };
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
  return { result: true, deltas: [] };
}
