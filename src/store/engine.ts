import type { Delta } from './delta.ts';
import type { Dialect } from './sql/dialect.ts';
import type { Operation } from './sql/statement.ts';
import type { WriteArguments, WriteName, WriteResult } from './write-request.ts';

/** What a commit did, in the order of commits, told before the writes resolve. */
export interface Committed {
  readonly deltas: readonly Delta[];
  readonly origin: string | undefined;
  readonly directoryVersion: number | undefined;
}

/** One database: SQLite in the data directory, or PostgreSQL. */
export interface Engine {
  readonly dialect: Dialect;
  /** Resolves once it is on stable storage and `onCommit` was told. Rejects with StorageFull when there is no room. */
  write<Name extends WriteName>(name: Name, args: WriteArguments<Name>, origin?: string): Promise<WriteResult<Name>>;
  /** Runs a read on one snapshot of committed state. */
  read<T>(operation: Operation<T>): Promise<T>;
  /** Told of every commit, also of other processes on the same database. Set once, before the first write. */
  onCommit(listener: (committed: Committed) => void): void;
  /** Finishes writes under way. */
  close(): Promise<void>;
}
