import { ok } from '../../base/result.ts';
import { directoryChange } from '../directory-change.ts';
import type { DirectoryEditor } from '../directory-editor.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { dkimAlgorithms, makeDkimKeys } from './make-dkim-key.ts';
import { newDkimRecords } from './new-dkim-records.ts';

/**
 * Makes keys, in use at once, for each domain that sends mail and never had any: new ones, and those of versions before
 * there were keys. The first of several processes that do so at once wins.
 */
export async function ensureDkimKeys(editor: DirectoryEditor): Promise<void> {
  for (const domain of [...editor.view.domains.keys()]) {
    if (!needsKeys(editor.view, domain)) continue;
    const made = await makeDkimKeys(dkimAlgorithms);
    const since = editor.now();
    const done = await editor.change((view) =>
      ok(
        directoryChange(
          needsKeys(view, domain) ? { put: newDkimRecords(view, domain, made, { state: 'active', since }) } : {},
        ),
      ),
    );
    if (!done.ok) throw new Error(done.error.message);
  }
}

function needsKeys(view: DirectoryView, name: string): boolean {
  const domain = view.domains.get(name);
  return domain !== undefined && !domain.reportsOnly && !view.dkimKeys.has(name);
}
