import type { Written } from '../delta.ts';
import { execute, type Operation } from '../sql/statement.ts';
import type { OperationContext } from './operation-context.ts';

/** Throws the text index away and queues every email for it. Searches stay exact meanwhile, only slower. */
export function* resetSearch({ dialect }: OperationContext, _request: object): Operation<Written<true>> {
  yield* execute('DELETE FROM search_block');
  yield* execute(
    dialect.queuesForSearch
      ? 'INSERT INTO search_pending (email_id, account_id) SELECT m.id, m.account_id FROM email m ' +
          'WHERE EXISTS (SELECT 1 FROM entry e WHERE e.email_id = m.id) ON CONFLICT DO NOTHING'
      : "UPDATE counter SET value = 0 WHERE name = 'indexed'",
  );
  return { result: true, deltas: [] };
}
