/** A header value (Latin-1 octets, folds allowed) as Unicode: RFC 2047 encoded words, raw UTF-8 (RFC 6532), unfolded. */
export function decodeHeaderText(_raw: string): string {
  throw new Error('not built yet');
}
