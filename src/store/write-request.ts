import type { Delta } from './delta.ts';
import type { OperationArguments, OperationName, OperationResult } from './operations/operations.ts';
import type { PreparedMessage } from './prepare-message.ts';
import type { WithSpooled } from './prepare-write.ts';
import type { Spooled } from './spool.ts';

/** A write on its way to the writer. Those of messages still have them as they were spooled; the writer prepares them. */
export type WriteName = OperationName;
export type WriteArguments<Name extends WriteName> =
  OperationArguments<Name> extends { readonly messages: readonly (infer Each)[] }
    ? Omit<OperationArguments<Name>, 'messages'> & { readonly messages: readonly BeforePreparing<Each>[] }
    : OperationArguments<Name>;
type BeforePreparing<Each> = Each extends { readonly message: PreparedMessage }
  ? Omit<Each, 'message'> & { readonly message: Spooled }
  : Each;

/** The writes that bring messages. */
const messageWrites: ReadonlySet<WriteName> = new Set(['append', 'replace', 'enqueueOutgoing', 'settleOutgoing']);

/** The messages that a write brings; undefined: it is of another kind. */
export function spooledMessages(name: WriteName, args: unknown): readonly WithSpooled[] | undefined {
  if (!messageWrites.has(name)) return undefined;
  // `Engine.write` ties names and arguments together.
  return (args as { readonly messages: readonly WithSpooled[] }).messages;
}

export type WriteResult<Name extends WriteName> = OperationResult<Name>;

export interface WriteRequest {
  readonly id: number;
  readonly name: WriteName;
  /** Checked by the type of `Engine.write`; here any of them. */
  readonly args: unknown;
}

export type WriteResponse =
  | {
      readonly id: number;
      readonly ok: true;
      readonly result: unknown;
      readonly deltas: readonly Delta[];
      readonly directoryVersion: number | undefined;
    }
  | { readonly id: number; readonly ok: false; readonly error: PlainError };

/** An error that crossed a thread. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  return { name: error.name, message: error.message, stack: error.stack };
}
