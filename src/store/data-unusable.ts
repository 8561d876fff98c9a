import { dirname } from 'node:path';

/** What is kept cannot be used as it lies there, whatever is asked of it: somebody has to look. The message says at what. */
export class DataUnusable extends Error {
  override readonly name = 'DataUnusable';
}

/** SQLite's primary result codes (sqlite.org/rescode.html). */
const [perm, readOnly, ioError, corrupt, cannotOpen, notDatabase] = [3, 8, 10, 11, 14, 26];

/** A failure of SQLite that is about the file rather than about the statement, said so that one knows what to do. */
export function explainSqliteFailure(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const what = reasonOf(Number(error.errcode) & 0xff, path);
  return what === undefined ? error : new DataUnusable(`${path} ${what}`, { cause: error });
}

function reasonOf(code: number, path: string): string | undefined {
  switch (code) {
    case perm:
    case cannotOpen:
      return `cannot be opened: it and ${dirname(path)} must be there, and be readable and writable for this user`;
    case readOnly:
      return 'cannot be written: it belongs to another user, or its file system is read-only';
    case corrupt:
      return 'is damaged: stop the server, keep a copy, and restore a backup';
    case notDatabase:
      return 'is not a database of posthorn, or is damaged: restore a backup, or name another data folder';
    case ioError:
      return 'cannot be read or written: the disk reports errors, see the log of the system';
    default:
      return undefined;
  }
}
