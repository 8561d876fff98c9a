import { parseHeader } from './parse-header.ts';

/**
 * The fields of a header whose names are (or with `not`: are not) in the list, as they stand, with the blank line that
 * ends the header when it has one. Names in any case. RFC 9051 section 6.4.5.1, HEADER.FIELDS and HEADER.FIELDS.NOT.
 */
export function selectHeaderFields(header: Uint8Array, names: readonly string[], not: boolean): Uint8Array {
  const octets = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const { fields } = parseHeader(octets.toString('latin1'), Number.POSITIVE_INFINITY);
  const pieces = fields
    .filter(({ name }) => wanted.has(name) !== not)
    .map(({ start, end }) => octets.subarray(start, end));
  pieces.push(octets.subarray(fields.at(-1)?.end ?? 0));
  return Buffer.concat(pieces);
}
