import type { Written } from '../delta.ts';
import type { AccountId, MailboxId, Uid } from '../ids.ts';
import type { AppendOutcome } from '../append-target.ts';
import type { ReplaceOutcome } from '../store.ts';
import { append, type PreparedAppend } from './append.ts';
import { expunge } from './expunge.ts';
import type { OperationContext } from './operation-context.ts';
import type { Operation } from '../sql/statement.ts';

/**
 * A message takes the place of another (RFC 8508 section 3.4): both happen or neither. The old one goes first, so the room
 * it held is there for the new one. @throws AppendUndone when the new one cannot be stored
 */
export function* replace(
  context: OperationContext,
  request: {
    readonly messages: readonly PreparedAppend[];
    readonly replaced: { readonly accountId: AccountId; readonly mailboxId: MailboxId; readonly uid: Uid };
  },
): Operation<Written<readonly ReplaceOutcome[]>> {
  const { uid, ...place } = request.replaced;
  const gone = yield* expunge(context, { ...place, uids: [[uid, uid]], onlyDeleted: false });
  if (gone.result.uids.length === 0) return { result: [{ ok: false, reason: 'no-such-message' }], deltas: [] };
  const added: Written<readonly AppendOutcome[]> = yield* append(context, {
    messages: request.messages,
    allOrNothing: true,
  });
  return { result: added.result, deltas: [...gone.deltas, ...added.deltas] };
}
