import type { PartNode } from './part-node.ts';

/** Octets of a boundary line beyond its boundary that are looked at: dashes, padding, line end. RFC 2046 section 5.1.1. */
const SLACK = 64;

/** A boundary line: of which multipart (level in the stack of open parts), and whether it is its last. */
export interface BoundaryMatch {
  readonly level: number;
  readonly isClose: boolean;
}

interface Open {
  readonly text: string;
  readonly level: number;
}

/** The boundaries that may end the part at hand, outermost first. */
export class BoundarySet {
  readonly #open: Open[] = [];
  #longest = 0;

  get size(): number {
    return this.#open.length;
  }

  /** Octets of a line after which it is decided whether it is a boundary line. */
  get maxLineBytes(): number {
    return this.#longest + SLACK;
  }

  add(node: PartNode, level: number): void {
    const text = node.boundary;
    if (text === undefined) return;
    this.#open.push({ text, level });
    this.#longest = Math.max(this.#longest, text.length);
  }

  /** Forgets the boundaries of parts from that level on. */
  removeFrom(level: number): void {
    const before = this.#open.length;
    while ((this.#open.at(-1)?.level ?? -1) >= level) this.#open.pop();
    if (this.#open.length < before)
      this.#longest = this.#open.reduce((longest, { text }) => Math.max(longest, text.length), 0);
  }

  /**
   * Which boundary the line from `start` up to `end` is, if any. One that is the whole line beats one that only begins it
   * (where one boundary is the beginning of another); then the longer, then the inner one.
   */
  match(buffer: Buffer, start: number, end: number): BoundaryMatch | undefined {
    if (buffer[start + 1] !== 45) return undefined;
    const line = buffer.toString('latin1', start + 2, Math.min(end, start + this.maxLineBytes)).trimEnd();
    let best: Open | undefined;
    for (let index = this.#open.length - 1; index >= 0; index--) {
      const open = this.#open[index];
      if (open === undefined || !line.startsWith(open.text)) continue;
      if (line.length === open.text.length) return { level: open.level, isClose: false };
      if (best === undefined || open.text.length > best.text.length) best = open;
    }
    return best && { level: best.level, isClose: line.startsWith('--', best.text.length) };
  }
}
