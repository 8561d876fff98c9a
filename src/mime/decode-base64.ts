import type { TransferDecoder } from './transfer-decoder.ts';

/** Value of each octet, -1 for what is no base64 character. `-` and `_` are those of the URL alphabet. */
const VALUES = new Int8Array(256).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
VALUES[45] = 62;
VALUES[95] = 63;

const PAD = 61;

/** base64 with anything between its characters, missing padding, or several padded texts in a row. RFC 2045 section 6.8. */
export class Base64Decoder implements TransferDecoder {
  /** Bits of the characters of an incomplete group of four. */
  #bits = 0;
  #chars = 0;

  write(chunk: Uint8Array): Uint8Array {
    const out = Buffer.allocUnsafe(Math.ceil((chunk.length * 3) / 4) + 3);
    let length = 0;
    let at = 0;
    let isFast = chunk.length >= MIN_LINES;
    while (at < chunk.length) {
      if (this.#chars === 0) {
        const run = isFast ? decodeLines(chunk, at, out, length) : decodeGroups(chunk, at, out, length);
        isFast = false;
        at += run.consumed;
        length += run.written;
        if (at >= chunk.length) break;
      }
      const octet = chunk[at++] ?? 0;
      const value = VALUES[octet] ?? -1;
      if (value >= 0) {
        this.#bits = (this.#bits << 6) | value;
        if (++this.#chars === 4) length = this.#flush(out, length);
      } else if (octet === PAD) length = this.#flush(out, length);
    }
    return out.subarray(0, length);
  }

  end(): Uint8Array {
    const out = Buffer.allocUnsafe(3);
    return out.subarray(0, this.#flush(out, 0));
  }

  /** Writes the whole octets of the group at hand, complete or not. */
  #flush(out: Buffer, length: number): number {
    const chars = this.#chars;
    const bits = this.#bits << (6 * (4 - chars));
    let at = length;
    if (chars >= 2) out[at++] = (bits >> 16) & 255;
    if (chars >= 3) out[at++] = (bits >> 8) & 255;
    if (chars >= 4) out[at++] = bits & 255;
    this.#bits = 0;
    this.#chars = 0;
    return at;
  }
}

/** Octets of input that were used up, and octets of output that were made of them. */
interface Run {
  readonly consumed: number;
  readonly written: number;
}

const NOTHING: Run = { consumed: 0, written: 0 };

const LF = 10;
const CR = 13;
/** Shorter pieces are not worth the preparation. */
const MIN_LINES = 1024;

/**
 * The usual case, by Node's own fast decoder: whole lines up to the last line feed, if they have whole groups and nothing
 * else in them, which the number of octets that come out tells. Otherwise nothing is consumed.
 */
function decodeLines(chunk: Uint8Array, from: number, out: Buffer, outFrom: number): Run {
  const buffer = Buffer.from(chunk.buffer, chunk.byteOffset + from, chunk.byteLength - from);
  const consumed = buffer.lastIndexOf(LF) + 1;
  if (consumed < MIN_LINES) return NOTHING;
  let chars = consumed;
  for (let at = buffer.indexOf(LF); at >= 0 && at < consumed; at = buffer.indexOf(LF, at + 1)) {
    chars -= buffer[at - 1] === CR ? 2 : 1;
  }
  if (chars % 4 !== 0) return NOTHING;
  const written = out.write(buffer.toString('latin1', 0, consumed), outFrom, 'base64');
  return written === (chars / 4) * 3 ? { consumed, written } : NOTHING;
}

/** Decodes whole groups as long as all four are base64 characters. */
function decodeGroups(chunk: Uint8Array, from: number, out: Buffer, outFrom: number): Run {
  let at = from;
  let to = outFrom;
  for (const last = chunk.length - 3; at < last; at += 4) {
    const a = VALUES[chunk[at] ?? 0] ?? -1;
    const b = VALUES[chunk[at + 1] ?? 0] ?? -1;
    const c = VALUES[chunk[at + 2] ?? 0] ?? -1;
    const d = VALUES[chunk[at + 3] ?? 0] ?? -1;
    if ((a | b | c | d) < 0) break;
    const bits = (a << 18) | (b << 12) | (c << 6) | d;
    out[to++] = bits >> 16;
    out[to++] = (bits >> 8) & 255;
    out[to++] = bits & 255;
  }
  return { consumed: at - from, written: to - outFrom };
}
