import { malformed, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import type { AddressParts } from './directory.ts';
import { toAsciiDomain, toUnicodeDomain } from '../base/domain-name.ts';

/** RFC 5321 section 4.5.3.1.1 says 64; some real addresses are longer, none that is honest is longer than this. Octets of UTF-8. */
const maxLocalPartBytes = 128;

/** atext of RFC 5322 section 3.2.3 with UTF8-non-ascii of RFC 6531 section 3.3; C1 controls are not text. */
const atext = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u{a0}-\u{d7ff}\u{e000}-\u{10ffff}]+$/u;
const quotable = /^[ !-~\u{a0}-\u{d7ff}\u{e000}-\u{10ffff}]*$/u;

/**
 * An address as people write it into configuration and login fields: Mailbox = Local-part "@" Domain (RFC 5321 section
 * 4.1.2, RFC 6531 section 3.3), dot-string or quoted-string, no address literals. Quoted and unquoted spellings and all
 * Unicode spellings of one address give the same parts.
 */
export function parseAddress(text: string): Result<AddressParts> {
  if (text.length > 4 * 1024) return malformed('an address', 0);
  const at = text.lastIndexOf('@');
  if (at < 0) return malformed('"@" and a domain', text.length);
  const domain = toAsciiDomain(text.slice(at + 1));
  if (!domain.ok) return malformed('a domain name', at + 1);
  const localPart = parseLocalPart(text.slice(0, at));
  return localPart.ok ? ok({ localPart: localPart.value, domain: domain.value }) : localPart;
}

/** Local-part = Dot-string / Quoted-string, without its quotes and in NFC. */
export function parseLocalPart(text: string): Result<string> {
  if (text === '') return malformed('a local part', 0);
  const content = text.startsWith('"') ? unquote(text) : unquotedLocalPart(text);
  if (!content.ok) return content;
  const normal = content.value.normalize('NFC');
  return Buffer.byteLength(normal) <= maxLocalPartBytes ? ok(normal) : malformed('a shorter local part', 0);
}

function unquotedLocalPart(text: string): Result<string> {
  return isDotString(text) ? ok(text) : malformed('a local part (quote it when it has spaces or such)', 0);
}

function isDotString(text: string): boolean {
  return text.split('.').every((atom) => atext.test(atom));
}

function unquote(text: string): Result<string> {
  let content = '';
  for (let at = 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') return finishQuoted(text, content, at);
    if (char === '\\') {
      at++;
      if (!/^[ -~]$/.test(text.charAt(at))) return malformed('a printable character after "\\"', at);
    }
    content += text.charAt(at);
  }
  return malformed('a closing quote', text.length);
}

function finishQuoted(text: string, content: string, at: number): Result<string> {
  if (at !== text.length - 1) return malformed('nothing between the closing quote and "@"', at + 1);
  return quotable.test(content) ? ok(content) : malformed('printable characters', 1);
}

/** The shortest spelling: a dot-string when possible, quoted otherwise. Total: whatever the text, parsing it back gives it again or fails. */
export function printLocalPart(localPart: string): string {
  return isDotString(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`;
}

/** For logs, headers and as key: A-labels. */
export function printAddress(address: AddressParts): string {
  return address.domain === ''
    ? printLocalPart(address.localPart)
    : `${printLocalPart(address.localPart)}@${address.domain}`;
}

/** For people: the domain with U-labels. Takes a printed address or catchall (`@example.org`). */
export function displayAddress(printed: string): string {
  const at = printed.lastIndexOf('@');
  return at < 0 ? printed : printed.slice(0, at + 1) + toUnicodeDomain(printed.slice(at + 1));
}
