import type { Delta, Written } from './delta.ts';
import { AppendUndone } from './operations/append.ts';
import type { OperationContext } from './operations/operation-context.ts';
import { operations } from './operations/operations.ts';
import { AnnotationsUndone } from './operations/set-annotations.ts';
import type { Operation } from './sql/statement.ts';
import type { WriteName } from './write-request.ts';

const noDeltas: readonly Delta[] = [];

/** The operation of a write; those that bring messages have them prepared. */
export function startOperation(name: WriteName, context: OperationContext, args: unknown): Operation<Written<unknown>> {
  // The name decides the type of the arguments; `Engine.write` ties the two together for callers.
  const operation = operations[name] as (context: OperationContext, args: unknown) => Operation<Written<unknown>>;
  return operation(context, args);
}

/** An operation that undoes itself still has an answer; undefined for real errors. */
export function answerOfUndone(error: unknown): Written<unknown> | undefined {
  if (error instanceof AppendUndone) return { result: [error.outcome], deltas: noDeltas };
  if (error instanceof AnnotationsUndone) return { result: error.outcome, deltas: noDeltas };
  return undefined;
}
