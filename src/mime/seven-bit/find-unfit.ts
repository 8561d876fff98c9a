import type { AnyPart } from '../find-section.ts';
import type { Leaf } from './list-leaves.ts';

const CR = 13;
const LF = 10;
const maxLineBytes = 998;

/** What of a leaf cannot cross a 7-bit transport. */
export interface Unfit {
  /** Octets above 127. */
  high: number;
  /** NULs, and lines that are too long. */
  other: number;
}

/** Looks at all octets of a message, in any pieces, and tells which leaves cannot go as they are. RFC 2045 section 2.7. */
export class UnfitFinder {
  readonly #leaves: readonly Leaf[];
  readonly #found = new Map<AnyPart, Unfit>();
  #index = 0;
  #offset = 0;
  #column = 0;

  /** `leaves` in the order of their octets. */
  constructor(leaves: readonly Leaf[]) {
    this.#leaves = leaves;
  }

  push(chunk: Uint8Array): void {
    const end = this.#offset + chunk.length;
    while (this.#index < this.#leaves.length) {
      const part = this.#leaves[this.#index]?.part;
      if (!part || part.bodyStart >= end) break;
      const from = Math.max(part.bodyStart, this.#offset);
      const to = Math.min(part.bodyEnd, end);
      if (to > from) this.#look(part, chunk.subarray(from - this.#offset, to - this.#offset));
      if (part.bodyEnd > end) break;
      this.#index++;
      this.#column = 0;
    }
    this.#offset = end;
  }

  /** The leaves that must be encoded, with what was found. Those declared binary are among them. */
  end(): ReadonlyMap<AnyPart, Unfit> {
    for (const { part } of this.#leaves) if (part.encoding === 'binary' && !this.#found.has(part)) this.#of(part);
    return this.#found;
  }

  #of(part: AnyPart): Unfit {
    const unfit = this.#found.get(part) ?? { high: 0, other: 0 };
    this.#found.set(part, unfit);
    return unfit;
  }

  #look(part: AnyPart, octets: Uint8Array): void {
    let [high, other, column] = [0, 0, this.#column];
    for (const octet of octets) {
      if (octet > 127) high++;
      else if (octet === 0) other++;
      column = octet === LF || octet === CR ? 0 : column + 1;
      if (column > maxLineBytes) other++;
    }
    this.#column = column;
    if (high === 0 && other === 0) return;
    const unfit = this.#of(part);
    unfit.high += high;
    unfit.other += other;
  }
}
