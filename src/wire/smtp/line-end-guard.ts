import { SpanOutput } from './span-output.ts';

const CR = 13;
const LF = 10;

/**
 * Octets of BDAT that are text (not BODY=BINARYMIME): a lone LF becomes CRLF and a lone CR is a fault, as in DATA, so
 * that the stored message has one kind of line end whichever way it came. RFC 3030 section 3. Linear.
 */
export class LineEndGuard {
  #afterCr = false;
  #bareCr = false;

  /** A CR without LF was seen. */
  get bareCr(): boolean {
    return this.#bareCr;
  }

  /** The octets to keep, a view of the chunk where possible; a CR at its end waits for the next push. */
  push(chunk: Uint8Array): Uint8Array | undefined {
    const { length } = chunk;
    if (length === 0 || this.#bareCr) return undefined;
    const output = new SpanOutput(chunk);
    let at = 0;
    if (this.#afterCr) {
      this.#afterCr = false;
      if (chunk[0] !== LF) return this.#fail();
      output.lineEnd();
      at = 1;
    }
    let from = at;
    let cr = -1;
    let lf = -1;
    while (at < length) {
      if (cr < at) cr = next(chunk, CR, at);
      if (lf < at) lf = next(chunk, LF, at);
      if (lf < cr) {
        output.span(from, lf);
        output.lineEnd();
        at = from = lf + 1;
      } else if (cr === length) {
        at = length;
      } else if (cr + 1 === length) {
        output.span(from, cr);
        at = from = length;
        this.#afterCr = true;
      } else if (lf === cr + 1) {
        at = lf + 1;
      } else {
        return this.#fail();
      }
    }
    output.span(from, length);
    return output.take();
  }

  /** No more octets come: a CR that still waits for its LF is a fault. */
  end(): void {
    if (this.#afterCr) this.#fail();
  }

  #fail(): undefined {
    this.#bareCr = true;
  }
}

function next(chunk: Uint8Array, octet: number, from: number): number {
  const at = chunk.indexOf(octet, from);
  return at < 0 ? chunk.length : at;
}
