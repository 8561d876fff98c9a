import { CommitUnknown, DatabaseUnavailable } from '../../store/store.ts';

/** The database is away: no fault of a command, and it passes. */
export function isOutage(error: unknown): boolean {
  return error instanceof DatabaseUnavailable || error instanceof CommitUnknown;
}
