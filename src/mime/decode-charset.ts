/** Octets to Unicode by a MIME charset label; unknown labels and lies are tolerated. Well-formed, no NUL removed. */
export function decodeCharset(_octets: Uint8Array, _label: string): string {
  throw new Error('not built yet');
}
