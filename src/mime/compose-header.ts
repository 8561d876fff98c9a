/** A header field ready to be put in front of a message, folded, with CRLF. RFC 5322 section 2.2.3; RFC 2047 where needed. */
export function printHeaderField(_name: string, _value: string): string {
  throw new Error('not built yet');
}
