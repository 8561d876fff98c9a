import { parseHeader } from './parse-header.ts';

/**
 * The fields of a header whose names are (or with `not`: are not) in the list, as they stand, with the blank line that
 * ends the header when it has one. Names in any case. RFC 9051 section 6.4.5.1, HEADER.FIELDS and HEADER.FIELDS.NOT.
 */
export function selectHeaderFields(header: Uint8Array, names: readonly string[], not: boolean): Uint8Array {
  const text = Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1');
  return Buffer.from(selectFields(text, new Set(names.map((name) => name.toLowerCase())), not), 'latin1');
}

/** The same of Latin-1 text, one character an octet; names in lower case. */
export function selectFields(header: string, names: ReadonlySet<string>, not: boolean): string {
  const { fields } = parseHeader(header, Number.POSITIVE_INFINITY);
  let selected = '';
  // Neighbours are cut out together.
  let from = 0;
  let to = 0;
  for (const { name, start, end } of fields) {
    if (names.has(name) === not) continue;
    if (start !== to) {
      selected += header.slice(from, to);
      from = start;
    }
    to = end;
  }
  const rest = fields.at(-1)?.end ?? 0;
  return to === rest ? selected + header.slice(from) : selected + header.slice(from, to) + header.slice(rest);
}
