/** Octets of one character-string (RFC 1035 section 3.3). */
const MOST = 255;

/** A TXT record as a line of a zone file; long text in several strings, which readers put together again. */
export function printTxtRecord(name: string, value: string): string {
  const strings = [];
  for (let at = 0; at < Math.max(value.length, 1); at += MOST) strings.push(`"${value.slice(at, at + MOST)}"`);
  return `${name}. TXT ${strings.length > 1 ? `( ${strings.join(' ')} )` : strings.join('')}`;
}
