import { toAsciiDomain } from '../../base/domain-name.ts';
import { malformed, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { parseAddressLiteral } from './address-literal.ts';

/** An address of the envelope, taken apart. Two spellings of one address give equal parts. */
export interface EnvelopeAddress {
  /** Without quotes and escapes, NFC, case as written. */
  readonly localPart: string;
  /** Lower-case A-labels, or an address literal with brackets. '' only in `<postmaster>`. */
  readonly domain: string;
}

export interface ParsedPath {
  /** Undefined: the null path `<>`. */
  readonly address: EnvelopeAddress | undefined;
  /** It was written with characters that need SMTPUTF8 (RFC 6531 section 3.3). */
  readonly utf8: boolean;
  /** Offset behind `>`. */
  readonly end: number;
}

/** RFC 5321 section 4.5.3.1; local parts may be twice as long as there, because longer ones are in use. Octets. */
export const pathLimits = { maxPathBytes: 256, maxLocalPartBytes: 128 } as const;

const ATEXT = "A-Za-z0-9!#$%&'*+\\-/=?^_`{|}~";
/** Nearly all paths: ASCII, nothing quoted, a host name. Its parts do not overlap, so it is linear. */
const PLAIN = new RegExp(`<([${ATEXT}]+(?:\\.[${ATEXT}]+)*)@([A-Za-z0-9.-]+)>`, 'y');
const DOT_STRING = new RegExp(`[${ATEXT}\\u0080-\\uffff]+(?:\\.[${ATEXT}\\u0080-\\uffff]+)*`, 'y');
/** qtextSMTP / quoted-pairSMTP, with UTF8-non-ascii. */
const QUOTED = /"((?:[ !#-[\]-~\u0080-\uffff]|\\[ -~])*)"/y;
const ROUTE = /@[A-Za-z0-9.\-\u0080-\uffff]+(?:,@[A-Za-z0-9.\-\u0080-\uffff]+)*:/y;
const LITERAL = /\[[^\]>\s]*\]/y;
const HOST = /[A-Za-z0-9.\-\u0080-\uffff]+/y;
const NON_ASCII = /[\u0080-\uffff]/;

/**
 * `Path = "<" [ A-d-l ":" ] Mailbox ">"` and `"<>"` and `"<Postmaster>"`. RFC 5321 sections 4.1.2 and 4.1.1.3, with the
 * UTF-8 of RFC 6531 section 3.3. Source routes are read and dropped (RFC 5321 appendix C). `text` is decoded UTF-8.
 */
export function parsePath(text: string, at = 0): Result<ParsedPath> {
  const plain = match(PLAIN, text, at);
  if (plain !== undefined) {
    const [whole, localPart = '', domain = ''] = plain;
    return finish(text, at, at + whole.length, localPart, toAsciiDomain(domain));
  }
  if (text[at] !== '<') return malformed('"<"', at);
  if (text[at + 1] === '>') return ok({ address: undefined, utf8: false, end: at + 2 });
  const start = at + 1 + (match(ROUTE, text, at + 1)?.[0].length ?? 0);
  const quoted = match(QUOTED, text, start);
  const local = quoted ?? match(DOT_STRING, text, start);
  if (local === undefined) return malformed('local part', start);
  const localPart = quoted === undefined ? local[0] : (quoted[1] ?? '').replace(/\\(.)/g, '$1');
  const afterLocal = start + local[0].length;
  if (text[afterLocal] === '>' && start === at + 1 && localPart.toLowerCase() === 'postmaster') {
    return ok({ address: { localPart: 'postmaster', domain: '' }, utf8: false, end: afterLocal + 1 });
  }
  if (text[afterLocal] !== '@') return malformed('"@"', afterLocal);
  const literal = match(LITERAL, text, afterLocal + 1);
  const host = literal ?? match(HOST, text, afterLocal + 1);
  if (host === undefined) return malformed('domain', afterLocal + 1);
  const end = afterLocal + 1 + host[0].length;
  if (text[end] !== '>') return malformed('">"', end);
  return finish(
    text,
    at,
    end + 1,
    localPart,
    literal === undefined ? toAsciiDomain(host[0]) : parseAddressLiteral(host[0]),
  );
}

function finish(text: string, at: number, end: number, local: string, domain: Result<string>): Result<ParsedPath> {
  if (!domain.ok) return malformed(domain.error.expected, at);
  const path = text.slice(at, end);
  const utf8 = NON_ASCII.test(path);
  const localPart = utf8 ? local.normalize('NFC') : local;
  if (octets(path, utf8) > pathLimits.maxPathBytes)
    return malformed(`path of at most ${pathLimits.maxPathBytes} octets`, at);
  if (octets(localPart, utf8) > pathLimits.maxLocalPartBytes) {
    return malformed(`local part of at most ${pathLimits.maxLocalPartBytes} octets`, at);
  }
  return ok({ address: { localPart, domain: domain.value }, utf8, end });
}

function octets(text: string, utf8: boolean): number {
  return utf8 ? Buffer.byteLength(text) : text.length;
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

const WHOLE_DOT_STRING = new RegExp(`^[${ATEXT}\\u0080-\\uffff]+(?:\\.[${ATEXT}\\u0080-\\uffff]+)*$`);

/** As a dot-string where that is possible, otherwise as a quoted string. RFC 5321 section 4.1.2. */
export function printLocalPart(localPart: string): string {
  if (WHOLE_DOT_STRING.test(localPart)) return localPart;
  return `"${localPart.replace(/["\\]/g, '\\$&')}"`;
}

/** `local@domain`, or only the local part for `postmaster` without a domain. */
export function printAddress(address: EnvelopeAddress): string {
  const local = printLocalPart(address.localPart);
  return address.domain === '' ? local : `${local}@${address.domain}`;
}

/** With angle brackets; `<>` for the null path. */
export function printPath(address: EnvelopeAddress | undefined): string {
  return address === undefined ? '<>' : `<${printAddress(address)}>`;
}
