/**
 * The fields of a header whose names are (or with `not`: are not) in the list, as they stand, with the blank line that
 * ends a header. RFC 9051 section 6.4.5.1, HEADER.FIELDS.
 */
export function selectHeaderFields(_header: Uint8Array, _names: readonly string[], _not: boolean): Uint8Array {
  throw new Error('not built yet');
}
