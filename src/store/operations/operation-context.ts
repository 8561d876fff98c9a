import type { Dialect } from '../sql/dialect.ts';

/** What an operation may know beside its arguments. */
export interface OperationContext {
  readonly dialect: Dialect;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}
