import { Refusal } from './refusal.ts';

/** Failures of other folders that tell by themselves what a person can do about them. */
const telling: ReadonlySet<string> = new Set([
  'CommitUnknown',
  'DatabaseTooNew',
  'DatabaseUnavailable',
  'DataUnusable',
  'DirectoryInvalid',
  'StorageFull',
]);

/** What the system refused, in words of people who keep files. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this user may not; look at the owner and the mode of it and of the folders above',
  EPERM: 'this user may not; look at the owner and the mode of it and of the folders above',
  EROFS: 'its file system is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'the quota of this user is used up',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder, not a file',
  ENOENT: 'there is no such file or folder',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open; raise the limit (ulimit -n)',
};

/** A failure that a person can do something about, in a line; undefined for faults of ours, which show where they came from. */
export function explainFailure(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (error instanceof Refusal || telling.has(error.name)) return error.message;
  if (!('syscall' in error)) return undefined;
  const reason = 'code' in error ? reasons[String(error.code)] : undefined;
  const path = 'path' in error ? error.path : undefined;
  if (reason === undefined || typeof path !== 'string') return error.message;
  return `${path}: ${reason} (${String(error.syscall)})`;
}
