import type { Header } from './parse-header.ts';

/** ENVELOPE with its parentheses, one character one octet. RFC 9051 section 7.5.2. */
export function printEnvelope(_header: Header): string {
  throw new Error('not built yet');
}
