import type { Malformed, Result } from '../../../base/result.ts';
import { attempt } from '../read.ts';
import { ValueReader } from './parse-values.ts';
import type { ResponseParts } from './response-reader.ts';
import type { ImapValue } from './value.ts';

/** `[COPYUID 1 2 3]`: name in upper case, the rest as values. RFC 9051 section 7.1. */
export interface ResponseCode {
  readonly name: string;
  readonly values: readonly ImapValue[];
}

/** resp-text: what a person may read, with the code for programs. */
export interface StatusText {
  readonly code: ResponseCode | undefined;
  /** Bounded, without control characters. */
  readonly text: string;
}

/** One response of a server. RFC 9051 section 7. */
export type Response =
  | ({ readonly kind: 'tagged'; readonly tag: string; readonly status: 'OK' | 'NO' | 'BAD' } & StatusText)
  | ({ readonly kind: 'status'; readonly status: 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH' } & StatusText)
  | { readonly kind: 'continue'; readonly text: string }
  /** `* 3 EXISTS`, `* LIST …`: name in upper case; `number` where one stands in front. */
  | {
      readonly kind: 'data';
      readonly name: string;
      readonly number: number | undefined;
      readonly values: readonly ImapValue[];
    };

/** One response out of its parts. */
export function parseResponse(parts: ResponseParts): Result<Response, Malformed> {
  return attempt(() => readResponse(parts));
}

function readResponse(parts: ResponseParts): Response {
  const first = parts[0];
  if (typeof first === 'string' && first.startsWith('+')) return { kind: 'continue', text: first.slice(1).trimStart() };
  const reader = new ValueReader(parts);
  const tag = reader.readAtom();
  reader.skipSpaces();
  const word = reader.readAtom();
  const name = word.toUpperCase();
  if (tag !== '*') {
    const status = name === 'OK' || name === 'NO' ? name : 'BAD';
    return { kind: 'tagged', tag, status, ...readStatusText(reader) };
  }
  if (name === 'OK' || name === 'NO' || name === 'BAD' || name === 'BYE' || name === 'PREAUTH') {
    return { kind: 'status', status: name, ...readStatusText(reader) };
  }
  if (!/^\d{1,10}$/.test(word)) return { kind: 'data', name, number: undefined, values: reader.readAll() };
  reader.skipSpaces();
  return { kind: 'data', name: reader.readAtom().toUpperCase(), number: Number(word), values: reader.readAll() };
}

function readStatusText(reader: ValueReader): StatusText {
  reader.skipSpaces();
  const rest = reader.restOfText();
  const end = rest.startsWith('[') ? findCodeEnd(rest) : -1;
  const code = end < 0 ? undefined : readCode(rest.slice(1, end));
  return { code, text: printable(end < 0 ? rest : rest.slice(end + 1).trimStart()) };
}

/** A code that cannot be read is left out: it is said beside the answer, not instead of it. */
function readCode(text: string): ResponseCode | undefined {
  const read = attempt(() => {
    const reader = new ValueReader([text]);
    return { name: reader.readAtom().toUpperCase(), values: reader.readAll() };
  });
  return read.ok ? read.value : undefined;
}

function findCodeEnd(text: string): number {
  let inQuotes = false;
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '"' && text[at - 1] !== '\\') inQuotes = !inQuotes;
    else if (text[at] === ']' && !inQuotes) return at;
  }
  return -1;
}

function printable(octets: string): string {
  return Buffer.from(octets.slice(0, 1000), 'latin1')
    .toString('utf8')
    .replace(/[\0-\x1f\x7f-\x9f]+/g, ' ');
}
