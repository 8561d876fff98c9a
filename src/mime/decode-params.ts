import { decodeCharset } from './decode-charset.ts';
import { decodeHeaderText } from './decode-words.ts';
import type { RawParam } from './part.ts';

/** Pieces of one parameter that are put together. */
const MAX_PIECES = 1000;

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

interface Piece {
  readonly index: number;
  readonly extended: boolean;
  readonly value: string;
}

/**
 * Parameters as Unicode, by lower-case name: RFC 2231 charsets and continuations, and encoded words inside of values
 * (RFC 2047 forbids them, programs write them). The first of two equal names counts; an RFC 2231 form beats a plain one.
 */
export function decodeParams(raw: readonly RawParam[]): ReadonlyMap<string, string> {
  if (raw.length === 0) return NO_PARAMS;
  const params = new Map<string, string>();
  const pieces = new Map<string, Piece[]>();
  for (const { name, value } of raw) {
    const star = name.indexOf('*');
    if (star > 0 && collectPiece(pieces, name, star, value)) continue;
    if (!params.has(name)) params.set(name, decodeHeaderText(value));
  }
  for (const [name, list] of pieces) {
    const value = joinPieces(list);
    if (value !== undefined) params.set(name, value);
  }
  return params;
}

/** `attribute*`, `attribute*0`, `attribute*0*`: RFC 2231 sections 3 and 4. */
function collectPiece(pieces: Map<string, Piece[]>, name: string, star: number, value: string): boolean {
  const match = /^\*(?:(\d{1,6})(\*?))?$/.exec(name.slice(star));
  if (match === null) return false;
  const [, index, mark] = match;
  const extended = index === undefined || mark === '*';
  const base = name.slice(0, star);
  const list = pieces.get(base);
  const piece = { index: index === undefined ? 0 : Number(index), extended, value };
  if (list === undefined) pieces.set(base, [piece]);
  else if (list.length < MAX_PIECES) list.push(piece);
  return true;
}

function joinPieces(list: readonly Piece[]): string | undefined {
  const sorted = list.toSorted((a, b) => a.index - b.index);
  let charset = '';
  let octets = '';
  let next = 0;
  for (const { index, extended, value } of sorted) {
    if (index < next) continue;
    if (index > next) break;
    let text = value;
    if (extended && index === 0) {
      const first = value.indexOf("'");
      const second = first < 0 ? -1 : value.indexOf("'", first + 1);
      if (second >= 0) {
        charset = value.slice(0, first);
        text = value.slice(second + 1);
      }
    }
    octets += extended ? unescapePercent(text) : text;
    next++;
  }
  if (next === 0) return undefined;
  const isPlain = sorted.every((piece) => !piece.extended);
  return isPlain ? decodeHeaderText(octets) : cleanHeaderText(decodeCharset(Buffer.from(octets, 'latin1'), charset));
}

function unescapePercent(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function cleanHeaderText(text: string): string {
  return text.replace(/[\0\r\n]+/g, ' ');
}
