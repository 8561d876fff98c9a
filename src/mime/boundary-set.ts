/** Octets of a boundary line beyond its boundary that are looked at: dashes, padding, line end. RFC 2046 section 5.1.1. */
const SLACK = 64;

/** A boundary line: of which multipart (level in the stack of open parts), and whether it is its last. */
export interface BoundaryMatch {
  readonly level: number;
  readonly isClose: boolean;
}

/** One boundary text and the open multiparts that have it, outermost first. */
interface Entry {
  readonly text: string;
  readonly levels: number[];
  /** Characters that it has in common with the entry before it. */
  shared: number;
}

/**
 * The boundaries that may end the part at hand. They are kept in order, with the length of what neighbours share, so that a
 * line is compared with few of them however many and however similar they are.
 */
export class BoundarySet {
  /** Sorted by text. */
  readonly #entries: Entry[] = [];
  /** In order of level. */
  readonly #open: { readonly text: string; readonly level: number }[] = [];
  #longest = 0;
  /** How many open boundaries begin with each octet. */
  readonly #firsts: number[] = [];

  get size(): number {
    return this.#open.length;
  }

  /** Octets of a line after which it is decided whether it is a boundary line. */
  get maxLineBytes(): number {
    return this.#longest + SLACK;
  }

  /** A multipart begins; `level` is higher than all before. */
  add(text: string, level: number): void {
    this.#open.push({ text, level });
    this.#longest = Math.max(this.#longest, text.length);
    this.#countFirst(text, 1);
    const index = this.#indexOfLast(text);
    const before = this.#entries[index];
    if (before?.text === text) {
      before.levels.push(level);
      return;
    }
    this.#entries.splice(index + 1, 0, { text, levels: [level], shared: commonLength(before?.text ?? '', text) });
    const after = this.#entries[index + 2];
    if (after !== undefined) after.shared = commonLength(text, after.text);
  }

  /** Forgets the boundaries of parts from that level on. */
  removeFrom(level: number): void {
    let removed = false;
    for (let last = this.#open.at(-1); last !== undefined && last.level >= level; last = this.#open.at(-1)) {
      this.#open.pop();
      this.#countFirst(last.text, -1);
      this.#removeLevel(this.#indexOfLast(last.text));
      removed = true;
    }
    if (removed) this.#longest = this.#open.reduce((longest, { text }) => Math.max(longest, text.length), 0);
  }

  #countFirst(text: string, change: number): void {
    const first = text.charCodeAt(0) & 255;
    this.#firsts[first] = (this.#firsts[first] ?? 0) + change;
  }

  #removeLevel(index: number): void {
    const entry = this.#entries[index];
    entry?.levels.pop();
    if (entry === undefined || entry.levels.length > 0) return;
    this.#entries.splice(index, 1);
    const after = this.#entries[index];
    if (after !== undefined) after.shared = Math.min(after.shared, entry.shared);
  }

  /** Index of the last entry that is not behind `text` in the order, or -1. */
  #indexOfLast(text: string): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle]?.text ?? '') <= text) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Whether the line at `start` begins with two dashes and the first octet of a boundary: cheap to ask. */
  mayMatch(buffer: Buffer, start: number): boolean {
    return buffer[start] === 45 && buffer[start + 1] === 45 && (this.#firsts[buffer[start + 2] ?? 10] ?? 0) > 0;
  }

  /**
   * Which boundary the line from `start` up to `end` begins with, if any: the longest, of equal ones the innermost. What
   * stands behind it on the line does not matter (RFC 2046 section 5.1.1), but two dashes make it the last.
   */
  match(buffer: Buffer, start: number, end: number): BoundaryMatch | undefined {
    if (!this.mayMatch(buffer, start)) return undefined;
    const line = buffer.toString('latin1', start + 2, Math.min(end, start + this.maxLineBytes)).trimEnd();
    // All beginnings of the line stand before it in the order, the longest one last.
    let index = this.#indexOfLast(line);
    let shared = commonLength(this.#entries[index]?.text ?? '', line);
    for (; index >= 0 && shared > 0; index--) {
      const entry = this.#entries[index];
      if (entry === undefined) return undefined;
      if (entry.text.length <= shared)
        return { level: entry.levels.at(-1) ?? 0, isClose: line.startsWith('--', entry.text.length) };
      shared = Math.min(shared, entry.shared);
    }
    return undefined;
  }
}

function commonLength(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}
