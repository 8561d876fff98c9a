import { foldForSearch } from './fold-for-search.ts';

/** Characters that are folded at once: most messages have fewer. */
const PIECE = 256 * 1024;
/** Characters among which a place to cut is looked for: no writing has letters with so many marks. */
const MAX_SEQUENCE = 16 * 1024;
/**
 * Changes places with no character before it. All that do are marks, or decompose to one (the sound marks of narrow katakana);
 * beyond U+FFFF only emoji and ideographs are taken for granted.
 */
const BEGINNER = /[\u{1f000}-\u{1fbff}\u{20000}-\u{3ffff}]|(?![\uff9e\uff9f\u{10000}-\u{10ffff}])[^\p{M}\p{C}]/u;

/**
 * `foldForSearch` for text that comes in pieces, well-formed each: the folded pieces together are the folded text, however
 * it was cut (but for sequences of more than 16,384 marks, which are ordered in parts). Holds as much as it folds at once.
 */
export class PieceFolder {
  readonly #pieceChars: number;
  readonly #held: string[] = [];
  #heldChars = 0;

  constructor(pieceChars: number = PIECE) {
    this.#pieceChars = pieceChars;
  }

  /** Folded text when there is enough of it, else ''. */
  write(text: string): string {
    this.#held.push(text);
    this.#heldChars += text.length;
    if (this.#heldChars <= this.#pieceChars) return '';
    const all = this.#take();
    const end = cutBefore(all);
    this.#held.push(all.slice(end));
    this.#heldChars = all.length - end;
    return foldForSearch(all.slice(0, end));
  }

  /** The rest. */
  end(): string {
    return foldForSearch(this.#take());
  }

  #take(): string {
    const text = this.#held.length === 1 ? (this.#held[0] ?? '') : this.#held.join('');
    this.#held.length = 0;
    this.#heldChars = 0;
    return text;
  }
}

/** The last place where what follows cannot change what comes before. */
function cutBefore(text: string): number {
  const lowest = Math.max(0, text.length - MAX_SEQUENCE);
  for (let at = text.length - 1; at > lowest; at -= 1) {
    const code = text.charCodeAt(at);
    if (code < 0x80) return at;
    const isSecondHalf = code >= 0xdc00 && code <= 0xdfff;
    if (!isSecondHalf && BEGINNER.test(String.fromCodePoint(text.codePointAt(at) ?? 0))) return at;
  }
  return lowest === 0 ? 0 : text.length;
}
