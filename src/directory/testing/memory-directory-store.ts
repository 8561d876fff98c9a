import type { AccountId } from '../../store/ids.ts';
import type { DirectoryObject } from '../../store/directory-object.ts';
import type { DirectoryStore } from '../directory-options.ts';

/** The directory's part of a store, in memory: for tests of the rules without a database. */
export function memoryDirectoryStore(): DirectoryStore & { readonly edits: number } {
  let version = 0;
  let nextId = 1;
  const rows = new Map<string, DirectoryObject>();
  const accountIds = new Map<string, AccountId>();
  const listeners = new Set<(version: number) => void>();
  return {
    get edits() {
      return version;
    },
    async readDirectory() {
      return { version, objects: [...rows.values()], accountIds: new Map(accountIds) };
    },
    async editDirectory(edit) {
      if (edit.baseVersion !== version) return { ok: false, reason: 'conflict' };
      version++;
      for (const { kind, id } of edit.remove) rows.delete(`${kind} ${id}`);
      for (const row of edit.put) rows.set(`${row.kind} ${row.id}`, row);
      for (const name of edit.removeAccounts) accountIds.delete(name);
      for (const { name } of edit.createAccounts) accountIds.set(name, nextId++ as AccountId);
      for (const listener of listeners) listener(version);
      return { ok: true, version, accountIds: new Map(accountIds) };
    },
    watchDirectory(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
