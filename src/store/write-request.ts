import type { Delta } from './delta.ts';
import type { OperationArguments, OperationName, OperationResult } from './operations/operations.ts';
import type { AppendMessage } from './store.ts';

/** A write on its way to the writer. Those of messages still have them as they were spooled; the writer prepares them. */
export type WriteName = OperationName;
export type WriteArguments<Name extends WriteName> = Name extends MessageWriteName
  ? Omit<OperationArguments<Name>, 'messages'> & SpooledMessages
  : OperationArguments<Name>;

/** The writes that bring messages. */
export type MessageWriteName = 'append' | 'replace';
export interface SpooledMessages {
  readonly messages: readonly AppendMessage[];
}

/** The messages that a write brings; undefined: it is of another kind. */
export function spooledMessages(name: WriteName, args: unknown): readonly AppendMessage[] | undefined {
  if (name !== 'append' && name !== 'replace') return undefined;
  // `Engine.write` ties names and arguments together.
  return (args as SpooledMessages).messages;
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
