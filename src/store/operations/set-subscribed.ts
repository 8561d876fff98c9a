import type { Written } from '../delta.ts';
import type { AccountId } from '../ids.ts';
import { first, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

/** SUBSCRIBE and UNSUBSCRIBE. False: it was not subscribed. */
export function* setSubscribed(
  _context: OperationContext,
  request: { readonly accountId: AccountId; readonly name: string; readonly subscribed: boolean },
): Operation<Written<boolean>> {
  const { accountId, name, subscribed } = request;
  const row = subscribed
    ? yield* first(
        'INSERT INTO subscription (account_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING name',
        ...[accountId, name],
      )
    : yield* first('DELETE FROM subscription WHERE account_id = ? AND name = ? RETURNING name', accountId, name);
  if (row === undefined) return { result: subscribed, deltas: [] };
  const modseq = yield* takeModseq(accountId);
  return { result: true, deltas: [{ kind: 'subscription', accountId, name, subscribed, modseq }] };
}
