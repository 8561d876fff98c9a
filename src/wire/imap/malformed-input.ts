import type { Malformed } from '../../base/result.ts';

/** Thrown inside a parser of this folder only; `read` turns it into a Result. */
export class MalformedInput extends Error {
  override readonly name = 'MalformedInput';
  readonly malformed: Malformed;

  constructor(expected: string, at: number) {
    super(`expected ${expected} at ${at}`);
    this.malformed = { kind: 'malformed', expected, at };
  }
}
