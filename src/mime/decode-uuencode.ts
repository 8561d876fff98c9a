import type { TransferDecoder } from './transfer-decoder.ts';

/** Longest line looked at; longer ones are no uuencoded data. */
const MAX_LINE = 200;
const LF = 10;

/** uuencode between its `begin` and `end` lines; what stands around them is left out. */
export class UuDecoder implements TransferDecoder {
  #line = '';
  #inside = false;

  write(chunk: Uint8Array): Uint8Array {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const out = Buffer.allocUnsafe(this.#line.length + chunk.length);
    let length = 0;
    let at = 0;
    while (at < buffer.length) {
      const lineEnd = buffer.indexOf(LF, at);
      const end = lineEnd < 0 ? buffer.length : lineEnd;
      if (this.#line.length <= MAX_LINE) this.#line += buffer.toString('latin1', at, Math.min(end, at + MAX_LINE + 1));
      if (lineEnd < 0) break;
      length = this.#decodeLine(out, length);
      at = lineEnd + 1;
    }
    return out.subarray(0, length);
  }

  end(): Uint8Array {
    const out = Buffer.allocUnsafe(MAX_LINE);
    return out.subarray(0, this.#decodeLine(out, 0));
  }

  #decodeLine(out: Buffer, length: number): number {
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line;
    this.#line = '';
    if (!this.#inside) {
      this.#inside = /^begin [0-7]{3,4} /.test(line);
      return length;
    }
    if (line === 'end' || line.length > MAX_LINE) {
      this.#inside = line !== 'end';
      return length;
    }
    return decodeUuLine(line, out, length);
  }
}

/** One line: a character that says how many octets, then groups of four characters for three octets. */
function decodeUuLine(line: string, out: Buffer, length: number): number {
  const value = (at: number): number => (at < line.length ? (line.charCodeAt(at) - 32) & 63 : 0);
  if (line === '') return length;
  const octets = Math.min(value(0), Math.floor(((line.length - 1) * 3) / 4));
  let to = length;
  const end = length + octets;
  for (let at = 1; to < end; at += 4) {
    const bits = (value(at) << 18) | (value(at + 1) << 12) | (value(at + 2) << 6) | value(at + 3);
    for (let shift = 16; shift >= 0 && to < end; shift -= 8) out[to++] = (bits >> shift) & 255;
  }
  return to;
}
