const CR = 13;
const LF = 10;

/**
 * Lets the header of a message through, the blank line behind it and so many lines of the body. RFC 1939 section 7, TOP.
 * Lines end in CRLF; a lone CR or LF ends one too, as it will when the message is sent (`DotStuffer`).
 */
export class TopCutter {
  /** Nothing more is wanted. */
  done = false;
  #linesLeft: number;
  #inBody = false;
  #lineIsEmpty = true;
  #afterCr = false;

  constructor(bodyLines: number) {
    this.#linesLeft = bodyLines;
  }

  /** The part of the next octets that belongs to what was asked for: a view. */
  push(octets: Uint8Array): Uint8Array {
    let at = 0;
    if (this.#afterCr && octets[0] === LF) at = 1;
    if (octets.length > 0) this.#afterCr = false;
    if (this.done) return octets.subarray(0, at);
    let cr = octets.indexOf(CR, at);
    let lf = octets.indexOf(LF, at);
    while (at < octets.length) {
      const end = cr < 0 ? lf : lf < 0 ? cr : Math.min(cr, lf);
      if (end < 0) {
        this.#lineIsEmpty = false;
        return octets;
      }
      if (end > at) this.#lineIsEmpty = false;
      this.#afterCr = end === cr && end + 1 === octets.length;
      at = end === cr && lf === end + 1 ? end + 2 : end + 1;
      if (cr >= 0 && cr < at) cr = octets.indexOf(CR, at);
      if (lf >= 0 && lf < at) lf = octets.indexOf(LF, at);
      this.#lineEnded();
      if (this.done) return octets.subarray(0, at);
    }
    return octets;
  }

  #lineEnded(): void {
    if (this.#inBody) this.#linesLeft--;
    else if (this.#lineIsEmpty) this.#inBody = true;
    this.#lineIsEmpty = true;
    this.done = this.#inBody && this.#linesLeft === 0;
  }
}
