import { pathKey } from '../../queue/retired-row.ts';
import { execute, type Operation } from '../../sql/statement.ts';

/** Entries that are forgotten are not found by their return paths any more; most have none of their own. */
export function* forgetReturnPaths(entries: readonly (readonly [id: number, returnPath: string])[]): Operation<void> {
  const own = entries.filter(([, path]) => path !== '');
  if (own.length === 0) return;
  const marks = own.map(() => '?').join(', ');
  yield* execute(
    `DELETE FROM return_path WHERE path_key IN (${marks}) AND entry_id IN (${marks})`,
    ...own.map(([, path]) => pathKey(path)),
    ...own.map(([id]) => id),
  );
}
