/** The outcome of something that may fail in an expected way: parsers return it, callers must look at `ok`. */
export type Result<T, E = Malformed> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

/** Input that does not follow its grammar: what was expected, and at which offset (octets or characters from 0). */
export interface Malformed {
  readonly kind: 'malformed';
  readonly expected: string;
  readonly at: number;
}

/** A successful Result. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** A failed Result. */
export function fail<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/** A failed parse: what was expected at which offset. */
export function malformed(expected: string, at: number): { readonly ok: false; readonly error: Malformed } {
  return { ok: false, error: { kind: 'malformed', expected, at } };
}
