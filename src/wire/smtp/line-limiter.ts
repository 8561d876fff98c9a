const CR = 13;
const LF = 10;
const crlf = Buffer.from('\r\n');
/** Folds a header field; in a body the best that can be done without encoding it. */
const fold = Buffer.from('\r\n ');
/** RFC 5321 section 4.5.3.1.6, without the line end. */
const maxLineBytes = 998;

/**
 * Text as SMTP may carry it: each line ends in CRLF, a lone CR or LF becomes one (RFC 5321 section 2.3.8), and a line of more
 * than 998 octets is broken, never inside of a character of UTF-8. Feed octets in any pieces; keeps none of them.
 */
export class LineLimiter {
  #column = 0;
  #pendingCr = false;

  /** Pieces to send, in order; views of the chunk. */
  push(chunk: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    let at = 0;
    if (this.#pendingCr && chunk.length > 0) {
      this.#endLine(out);
      if (chunk[0] === LF) at = 1;
    }
    let from = at;
    let cr = chunk.indexOf(CR, at);
    let lf = chunk.indexOf(LF, at);
    while (at < chunk.length) {
      if (cr >= 0 && cr < at) cr = chunk.indexOf(CR, at);
      if (lf >= 0 && lf < at) lf = chunk.indexOf(LF, at);
      const end = cr < 0 ? (lf < 0 ? chunk.length : lf) : lf < 0 ? cr : Math.min(cr, lf);
      for (let split = this.#splitOf(chunk, at, end); split !== undefined; split = this.#splitOf(chunk, at, end)) {
        out.push(chunk.subarray(from, split), fold);
        this.#column = 1;
        from = at = split;
      }
      this.#column += end - at;
      if (end === chunk.length) break;
      if (end === cr && end + 1 === chunk.length) {
        out.push(chunk.subarray(from, end));
        this.#pendingCr = true;
        return out.filter((piece) => piece.length > 0);
      }
      this.#column = 0;
      at = end + (end === cr && lf === end + 1 ? 2 : 1);
      if (at - end === 2) continue;
      out.push(chunk.subarray(from, end), crlf);
      from = at;
    }
    out.push(chunk.subarray(from));
    return out.filter((piece) => piece.length > 0);
  }

  /** The last line gets an end where it has none. */
  end(): Uint8Array[] {
    const out: Uint8Array[] = [];
    if (this.#pendingCr || this.#column > 0) this.#endLine(out);
    return out;
  }

  #endLine(out: Uint8Array[]): void {
    out.push(crlf);
    this.#pendingCr = false;
    this.#column = 0;
  }

  /** Where the line that goes on from `at` to `end` has to be broken; undefined when it fits. */
  #splitOf(chunk: Uint8Array, at: number, end: number): number | undefined {
    const room = maxLineBytes - this.#column;
    if (end - at <= room) return undefined;
    let split = at + room;
    for (let back = 0; back < 3 && split > at && ((chunk[split] ?? 0) & 0xc0) === 0x80; back++) split--;
    return split;
  }
}
