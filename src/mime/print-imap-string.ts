// oxlint-disable-next-line no-control-regex
const QUOTABLE = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/;

/**
 * `string = quoted / literal`: quoted when it is 7-bit without line ends, else a literal. Input and output are Latin-1,
 * one character one octet; NUL octets cannot be sent and are dropped. RFC 9051 sections 4.3 and 9.
 */
export function printImapString(octets: string): string {
  if (QUOTABLE.test(octets))
    return `"${octets.includes('"') || octets.includes('\\') ? octets.replace(/["\\]/g, '\\$&') : octets}"`;
  const sent = octets.replaceAll('\0', '');
  return sent.length !== octets.length && QUOTABLE.test(sent) ? printImapString(sent) : `{${sent.length}}\r\n${sent}`;
}

/** `nstring = string / nil`. */
export function printImapNString(octets: string | undefined): string {
  return octets === undefined ? 'NIL' : printImapString(octets);
}
