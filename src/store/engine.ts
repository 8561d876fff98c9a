import type { Delta } from './delta.ts';
import type { AccountId } from './ids.ts';
import type { Dialect } from './sql/dialect.ts';
import type { Operation } from './sql/statement.ts';
import type { WriteArguments, WriteName, WriteResult } from './write-request.ts';

/** What a commit did, in the order of commits, told before the writes resolve. */
export interface Committed {
  readonly deltas: readonly Delta[];
  /** Of a write of this process. */
  readonly origin: string | undefined;
  readonly directoryVersion: number | undefined;
}

/** One database: SQLite in the data directory, or PostgreSQL. */
export interface Engine {
  readonly dialect: Dialect;
  /**
   * Resolves once it is on stable storage and `onCommit` was told.
   * @throws StorageFull, DatabaseUnavailable (nothing was changed), CommitUnknown, or what the operation throws
   */
  write<Name extends WriteName>(name: Name, args: WriteArguments<Name>, origin?: string): Promise<WriteResult<Name>>;
  /** Runs a read on one snapshot of committed state. @throws DatabaseUnavailable */
  read<T>(operation: Operation<T>): Promise<T>;
  /** Told of every commit of this process, and of those of other processes in accounts that are followed. Set once, before the first write. */
  onCommit(listener: (committed: Committed) => void): void;
  /**
   * Asks for an account's commits by other processes too, until as many `unfollow`. What was committed before it began is
   * in all that is read after `following`; of what comes later `onCommit` is told, once each and in order.
   */
  follow(accountId: AccountId): void;
  unfollow(accountId: AccountId): void;
  /** Undefined when following has begun; else wait for it before reading. @throws DatabaseUnavailable */
  following(accountId: AccountId): Promise<void> | undefined;
  /**
   * For work that one process at a time should do: true when this one may, for so long (0: gives it back). A lease can
   * run out under the work, so two at a time must do no harm.
   */
  takeLease(name: string, forMs: number): Promise<boolean>;
  /** Finishes writes under way. */
  close(): Promise<void>;
}
