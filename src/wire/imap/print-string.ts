import { encodeUtf8 } from './utf8-octets.ts';
import { printUtf7 } from './mailbox-utf7.ts';

/** ASTRING-CHAR of RFC 9051 section 9. */
const astringChars = /^[!#$&'+,\-./0-9:;<=>?@A-Z[\]^_`a-z|}~]+$/;
const quotable = /^[\x01-\x09\x0b\x0c\x0e-\x7f]*$/;
const quotable8 = /^[\x01-\x09\x0b\x0c\x0e-\xff]*$/;

/** `string` of RFC 9051 section 9 from octets, one character each: quoted where possible, else a literal. `utf8`: quoted strings may hold octets above 127. */
export function printString(octets: string, utf8 = false): string {
  if (octets.length <= 4096 && (utf8 ? quotable8 : quotable).test(octets)) {
    return `"${octets.includes('"') || octets.includes('\\') ? octets.replace(/["\\]/g, '\\$&') : octets}"`;
  }
  // literal8 is the only literal that may hold NUL (RFC 9051 section 9).
  return `${octets.includes('\0') ? '~' : ''}{${octets.length}}\r\n${octets}`;
}

/** `astring`: an atom where possible, else a string. */
export function printAstring(octets: string, utf8 = false): string {
  if (astringChars.test(octets) && octets.toUpperCase() !== 'NIL') return octets;
  return printString(octets, utf8);
}

/** A mailbox name for this client: UTF-8 once it enabled that (RFC 9051 section 5.1, RFC 6855), else modified UTF-7. */
export function printMailbox(name: string, utf8: boolean): string {
  return printAstring(utf8 ? encodeUtf8(name) : printUtf7(name), utf8);
}
