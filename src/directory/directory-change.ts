import type { DirectoryEdit } from '../store/directory-object.ts';
import { printRecord } from './directory-record.ts';
import type { DirectoryRecord, RecordKey } from './directory-record.ts';

/** What an operation wants changed; becomes one edit of the store. Removals come before puts. */
export interface DirectoryChange {
  readonly remove: readonly RecordKey[];
  readonly put: readonly DirectoryRecord[];
  readonly createAccounts: readonly { readonly name: string; readonly mailboxes: 'standard' | 'minimal' }[];
  readonly removeAccounts: readonly string[];
}

/** A change with only some of its parts. */
export function directoryChange(parts: Partial<DirectoryChange>): DirectoryChange {
  return { remove: [], put: [], createAccounts: [], removeAccounts: [], ...parts };
}

/** The change as the store takes it, against the version it was decided on. */
export function printChange(change: DirectoryChange, baseVersion: number): DirectoryEdit {
  return {
    baseVersion,
    put: change.put.map(printRecord),
    remove: change.remove,
    createAccounts: change.createAccounts,
    removeAccounts: change.removeAccounts,
  };
}
