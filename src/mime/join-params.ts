import type { RawParam } from './part.ts';

/** Pieces of one parameter that are put together. */
const MAX_PIECES = 1000;

interface Piece {
  readonly name: string;
  readonly index: number;
  readonly extended: boolean;
  readonly value: string;
}

/**
 * Puts the pieces of continued parameters together: `name*0`, `name*1` become `name`; when one of them is extended
 * (`name*0*`), they become `name*`, percent-encoded. All others stay as they are, in their order. RFC 2231 sections 3 and 4.
 */
export function joinParams(raw: readonly RawParam[]): readonly RawParam[] {
  if (!raw.some(({ name }) => name.includes('*'))) return raw;
  const out: RawParam[] = [];
  const groups = new Map<string, Piece[]>();
  for (const param of raw) {
    const match = /^([^*]*)\*(\d{1,6})(\*?)$/.exec(param.name);
    if (match === null) {
      out.push(param);
      continue;
    }
    const [, base = '', index, mark] = match;
    const pieces = groups.get(base);
    const piece = { name: param.name, index: Number(index), extended: mark === '*', value: param.value };
    if (pieces === undefined) groups.set(base, [piece]);
    else if (pieces.length < MAX_PIECES) pieces.push(piece);
  }
  for (const [base, pieces] of groups) out.push(...joinPieces(base, pieces));
  return out;
}

/** Pieces count from 0 without a gap. What comes after a gap, or once more, stays as it is. */
function joinPieces(base: string, pieces: readonly Piece[]): RawParam[] {
  const inOrder: Piece[] = [];
  const rest: RawParam[] = [];
  for (const piece of pieces.toSorted((a, b) => a.index - b.index)) {
    if (piece.index === inOrder.length) inOrder.push(piece);
    else rest.push({ name: piece.name, value: piece.value });
  }
  if (inOrder.length === 0) return rest;
  const isExtended = inOrder.some((piece) => piece.extended);
  if (!isExtended) return [{ name: base, value: inOrder.map(({ value }) => value).join('') }, ...rest];
  const prefix = inOrder[0]?.extended === true ? '' : "''";
  const value = inOrder.map((piece) => (piece.extended ? piece.value : escapePercent(piece.value))).join('');
  return [{ name: `${base}*`, value: prefix + value }, ...rest];
}

/** `attribute-char` stands for itself, all else as `%` and two hex digits. RFC 2231 section 7. */
function escapePercent(text: string): string {
  return text.replace(
    /[^A-Za-z0-9!#$&+.^_`{}~|-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
