import type { Dialect } from '../sql/dialect.ts';
import type { Operation } from '../sql/statement.ts';

/** What an operation may know beside its arguments. */
export interface OperationContext {
  readonly dialect: Dialect;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Numbers of blobs and emails, from one series, so that an email can have its blob's; undefined: the database gives them. */
  readonly numbers: MailNumbers | undefined;
}

export interface MailNumbers {
  /** A number that no blob and no email has, had or will have. */
  take(): Operation<number>;
}
