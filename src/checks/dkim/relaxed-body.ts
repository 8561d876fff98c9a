import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const BUFFER = 65_536;
/** Most that one octet adds: a line end, a blank, a CR and itself. */
const MARGIN = 8;
/** For the piece under way: empty between two calls, so all share it. */
const out = Buffer.allocUnsafeSlow(BUFFER);

/**
 * SHA-256 of a body in the "relaxed" form, from pieces of any size: blanks at ends of lines and empty lines at the end do
 * not count, and other blanks are one each. RFC 6376 section 3.4.4. Only CRLF ends a line. Memory does not grow with the body.
 */
export class RelaxedBodyHash {
  readonly #hash: Hash = createHash('sha256');
  #length = 0;
  #any = false;
  /** Seen but not yet counted, since what follows decides: ends of lines, then blanks, then a CR. */
  #lineEnds = 0;
  #blank = false;
  #cr = false;

  update(piece: Uint8Array): void {
    let length = 0;
    let isPending = this.#lineEnds > 0 || this.#blank || this.#cr;
    for (let i = 0; i < piece.length; i++) {
      const octet = piece[i] ?? 0;
      if (octet > SPACE || (octet !== SPACE && octet !== TAB && octet !== CR && octet !== LF)) {
        if (isPending) {
          this.#length = length;
          this.#putPending();
          length = this.#length;
          isPending = false;
        }
        out[length++] = octet;
        if (length > BUFFER - MARGIN) {
          this.#any = true;
          this.#hash.update(out.subarray(0, length));
          length = 0;
        }
        continue;
      }
      this.#length = length;
      this.#white(octet);
      length = this.#length;
      isPending = this.#lineEnds > 0 || this.#blank || this.#cr;
    }
    if (length > 0) {
      this.#any = true;
      this.#hash.update(out.subarray(0, length));
    }
    this.#length = 0;
  }

  /** Base64, as in `bh=`. Nothing may follow. */
  digest(): string {
    if (this.#cr) this.#putPending();
    // An empty body stays empty; any other ends with a line end.
    if (this.#any) this.#put(CR, LF);
    this.#hash.update(out.subarray(0, this.#length));
    return this.#hash.digest('base64');
  }

  /** A blank, a CR or an LF. */
  #white(octet: number): void {
    if (octet === LF && this.#cr) {
      this.#lineEnds++;
      this.#blank = false;
      this.#cr = false;
      return;
    }
    if (this.#cr || octet === LF) this.#putPending();
    if (octet === LF) this.#put(LF);
    else if (octet === CR) this.#cr = true;
    else this.#blank = true;
  }

  /** Content follows, so what was pending counts. */
  #putPending(): void {
    for (; this.#lineEnds > 0; this.#lineEnds--) this.#put(CR, LF);
    if (this.#blank) this.#put(SPACE);
    if (this.#cr) this.#put(CR);
    this.#blank = false;
    this.#cr = false;
  }

  #put(...octets: readonly number[]): void {
    this.#any = true;
    for (const octet of octets) out[this.#length++] = octet;
    if (this.#length <= BUFFER - MARGIN) return;
    this.#hash.update(out.subarray(0, this.#length));
    this.#length = 0;
  }
}
