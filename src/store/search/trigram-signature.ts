import type { FoldedSink } from './folded-text.ts';

/**
 * A signature is the set of pieces of three and of four UTF-16 code units in a row of a folded text, squeezed into a
 * bitmap: one bit for each piece, at a place that a hash gives. A text that contains a needle has the bits of all of the
 * needle's pieces, so a signature never misses; it may say "perhaps" where the answer is no.
 *
 * Why both: needles of three need trigrams. But in 5 % of mails all trigrams of some common word of five letters occur
 * without the word; of its pieces of four this is true in 0.2 to 2 % (measured on 847 mails of the SpamAssassin corpus).
 *
 * A place is a number of 17 bits, scaled down to the size of the bitmap, so hashes of a needle are computed once for
 * signatures of all sizes.
 *
 * No octets: the text has no trigram. One octet: nothing is known, so everything is possible. Else the bitmap.
 */
export type Signature = Uint8Array;

const maxBits = 1 << 17;
const minBits = 1 << 7;
/** About half of the bits are set then: a needle of eight characters has eleven pieces, so few texts match by chance. */
const bitsForEach = 1.5;

/** The signature of a text that is not known in full, such as one cut off at a limit: it may contain anything. */
export const unknownSignature: Signature = Uint8Array.of(0xff);

/** Which places are taken, and the list of the first `count`, which are those, while one signature is made. */
class Places {
  readonly taken = new Uint8Array(maxBits);
  readonly list = new Uint32Array(maxBits);
  count = 0;
}

/** For signatures that are made without giving way to others. */
const shared = new Places();

/**
 * The signature of these texts, which are folded already (`foldForSearch`). A needle across two texts is not found.
 * Beyond some 50,000 different pieces the bitmap fills up, and answers "perhaps" more often.
 */
export function computeSignature(...texts: readonly string[]): Signature {
  for (const text of texts) mark(shared, text);
  const signature = squeeze(shared);
  clear(shared);
  return signature;
}

export interface MessageSignatures {
  readonly header: Signature;
  readonly text: Signature;
}

/** The signature of a message's header alone, and of header and body together. */
function computeSignatures(header: string, body: string): MessageSignatures {
  mark(shared, header);
  const headerSignature = squeeze(shared);
  mark(shared, body);
  const text = squeeze(shared);
  clear(shared);
  return { header: headerSignature, text };
}

/** Code units that a piece has in common with pieces that begin before it. */
const overlap = 3;

/** Makes the signatures of one message, whose folded body comes in pieces: the same as of the whole body. */
export class MessageSigner implements FoldedSink {
  #header = '';
  /** The only piece so far, or the end of the last. */
  #text = '';
  /** Of its own from the second piece on: between pieces other messages have their turn. */
  #places: Places | undefined;

  header(text: string): boolean {
    this.#header = text;
    return true;
  }

  body(piece: string): boolean {
    if (this.#text === '' && this.#places === undefined) {
      this.#text = piece;
      return true;
    }
    if (this.#places === undefined) {
      this.#places = new Places();
      mark(this.#places, this.#header);
      mark(this.#places, this.#text);
    }
    const text = this.#text.slice(-overlap) + piece;
    mark(this.#places, text);
    this.#text = text.slice(-overlap);
    return true;
  }

  /** The signatures of what came. */
  finish(): MessageSignatures {
    if (this.#places === undefined) return computeSignatures(this.#header, this.#text);
    return { header: computeSignature(this.#header), text: squeeze(this.#places) };
  }
}

/** A bitmap of the size that fits the places. */
function squeeze({ count, list }: Places): Signature {
  if (count === 0) return new Uint8Array(0);
  const size = Math.min(Math.max(Math.ceil((count * bitsForEach) / 8), minBits / 8), maxBits / 8);
  const signature = new Uint8Array(size);
  for (let i = 0; i < count; i++) {
    const at = scaled(list[i] ?? 0, size);
    signature[at >>> 3] = (signature[at >>> 3] ?? 0) | (1 << (at & 7));
  }
  return signature;
}

function clear(places: Places): void {
  const { taken, list, count } = places;
  for (let i = 0; i < count; i++) taken[list[i] ?? 0] = 0;
  places.count = 0;
}

/**
 * The places of a needle's pieces, each once, for `mayContain`. Several needles: all of them are looked for.
 * Undefined when none of them has three code units: then no signature can tell, and all texts are candidates.
 */
export function hashNeedles(...folded: readonly string[]): Uint32Array | undefined {
  const places = new Set<number>();
  for (const needle of folded) {
    for (let i = 2; i < needle.length; i++) {
      const sum = sumOf(needle.charCodeAt(i - 2), needle.charCodeAt(i - 1), needle.charCodeAt(i));
      if (i > 2) places.add(placeOf(extend(sum, needle.charCodeAt(i - 3))));
      places.add(placeOf(sum));
    }
  }
  return places.size === 0 ? undefined : Uint32Array.from(places);
}

/** False: the text certainly lacks one of the needles. True: look at the text. */
export function mayContain(signature: Signature, needles: Uint32Array): boolean {
  return mayContainAt(signature, 0, signature.length, needles);
}

/** The same for a signature that lies within other octets: `size` octets from `start`. */
export function mayContainAt(octets: Uint8Array, start: number, size: number, needles: Uint32Array): boolean {
  if (size < 2) return size === 1;
  for (let i = 0; i < needles.length; i++) {
    const at = scaled(needles[i] ?? 0, size);
    if ((((octets[start + (at >>> 3)] ?? 0) >>> (at & 7)) & 1) === 0) return false;
  }
  return true;
}

/** Takes the places of all pieces of `text`. */
function mark(places: Places, text: string): void {
  const { length } = text;
  if (length < 3) return;
  const { taken, list } = places;
  let next = places.count;
  // The first piece of three has none of four that ends with it.
  let [before, first, second] = [-1, text.charCodeAt(0), text.charCodeAt(1)];
  for (let i = 2; i < length; i++) {
    const third = text.charCodeAt(i);
    const sum = sumOf(first, second, third);
    const at = placeOf(sum);
    if (taken[at] === 0) {
      taken[at] = 1;
      list[next++] = at;
    }
    if (before >= 0) {
      const longerAt = placeOf(extend(sum, before));
      if (taken[longerAt] === 0) {
        taken[longerAt] = 1;
        list[next++] = longerAt;
      }
    }
    before = first;
    first = second;
    second = third;
  }
  places.count = next;
}

/** Products with odd numbers, so that each code unit counts according to its place. */
function sumOf(first: number, second: number, third: number): number {
  return (Math.imul(first, 0x9e3779b1) + Math.imul(second, 0x85ebca77) + Math.imul(third, 0xc2b2ae3d)) | 0;
}

/** The sum of a piece of four: one code unit more in front. Not the sum of any piece of three. */
function extend(sum: number, before: number): number {
  return (sum + Math.imul(before + 0x10000, 0x165667b1)) | 0;
}

/** A place from 0 to 2^17 - 1 whose bits depend on all bits of the sum. */
function placeOf(sum: number): number {
  return Math.imul(sum ^ (sum >>> 15), 0x27d4eb2f) >>> 15;
}

/** The bit of a place in a bitmap of `size` octets. At most 2^17 times 2^17: exact in floating point. */
function scaled(place: number, size: number): number {
  return Math.floor((place * size) / (maxBits / 8));
}
