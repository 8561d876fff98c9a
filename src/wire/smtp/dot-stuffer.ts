const CR = 13;
const LF = 10;
const DOT = 46;
const crlf = Buffer.from('\r\n');
const dot = Buffer.from('.');

/**
 * The content of DATA as it crosses the wire: a dot in front of each line that begins with one (RFC 5321 section 4.5.2), and
 * `CRLF . CRLF` behind. A lone CR or LF cannot be sent (section 2.3.8; servers disagree about where a line ends there, which
 * lets a second message be smuggled in), so it becomes CRLF.
 */
export class DotStuffer {
  #atLineStart = true;
  #pendingCr = false;

  /** Pieces to write, in order; views of the chunk where nothing changes. */
  push(chunk: Uint8Array): Uint8Array[] {
    const out: Uint8Array[] = [];
    let from = 0;
    let at = 0;
    if (this.#pendingCr && chunk.length > 0) {
      this.#pendingCr = false;
      this.#atLineStart = true;
      out.push(crlf);
      if (chunk[0] === LF) from = at = 1;
    }
    let cr = chunk.indexOf(CR, at);
    let lf = chunk.indexOf(LF, at);
    while (at < chunk.length) {
      if (this.#atLineStart && chunk[at] === DOT) {
        out.push(chunk.subarray(from, at), dot);
        from = at;
      }
      this.#atLineStart = false;
      if (cr >= 0 && cr < at) cr = chunk.indexOf(CR, at);
      if (lf >= 0 && lf < at) lf = chunk.indexOf(LF, at);
      const end = cr < 0 ? lf : lf < 0 ? cr : Math.min(cr, lf);
      if (end < 0) break;
      if (end === cr && end + 1 === chunk.length) {
        out.push(chunk.subarray(from, end));
        this.#pendingCr = true;
        return out.filter((piece) => piece.length > 0);
      }
      this.#atLineStart = true;
      at = end + (end === cr && lf === end + 1 ? 2 : 1);
      if (at - end === 2) continue;
      out.push(chunk.subarray(from, end), crlf);
      from = at;
    }
    out.push(chunk.subarray(from));
    return out.filter((piece) => piece.length > 0);
  }

  /** The end of the data; the message gets a line end where it has none. */
  end(): string {
    return this.#atLineStart && !this.#pendingCr ? '.\r\n' : '\r\n.\r\n';
  }
}
