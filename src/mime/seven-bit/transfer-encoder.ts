/** Makes a Content-Transfer-Encoding piece by piece; memory is bounded by the piece. RFC 2045 sections 6.7 and 6.8. */
export interface TransferEncoder {
  write(chunk: Uint8Array): Uint8Array;
  /** What was held back. Nothing may be written afterwards. */
  end(): Uint8Array;
}

const NOTHING = Buffer.alloc(0);
/** Octets of a line of base64: 76 characters. */
const LINE = 57;
const crlf = '\r\n';

/** Lines of 76 characters with CRLF between them, none behind the last. */
export class Base64Encoder implements TransferEncoder {
  #held: Buffer = NOTHING;
  #isFirst = true;

  write(chunk: Uint8Array): Uint8Array {
    const all = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    const whole = all.length - (all.length % LINE);
    this.#held = all.subarray(whole);
    return this.#lines(all.subarray(0, whole));
  }

  end(): Uint8Array {
    const last = this.#held;
    this.#held = NOTHING;
    return this.#lines(last);
  }

  #lines(octets: Buffer): Uint8Array {
    if (octets.length === 0) return NOTHING;
    const lines = (octets.toString('base64').match(/.{1,76}/g) ?? []).join(crlf);
    const before = this.#isFirst ? '' : crlf;
    this.#isFirst = false;
    return Buffer.from(before + lines, 'latin1');
  }
}

const CR = 13;
const LF = 10;
const SPACE = 32;
const TAB = 9;
const EQUALS = 61;
const HEX = '0123456789ABCDEF';
const MAX_LINE = 75;

/**
 * quoted-printable of text: its CRLFs stay line ends, and so do lone LFs; a lone CR is encoded. A blank at the end of a line
 * is encoded, as transport may take it away.
 */
export class QuotedPrintableEncoder implements TransferEncoder {
  #column = 0;
  /** A blank or CR of which is not known yet whether the line ends behind it. */
  #held = -1;

  write(chunk: Uint8Array): Uint8Array {
    const out: string[] = [];
    for (const octet of chunk) {
      if (this.#held >= 0) this.#release(out, octet);
      if (octet === CR || octet === SPACE || octet === TAB) this.#held = octet;
      else if (octet === LF) this.#endLine(out);
      else this.#put(out, octet, octet < 33 || octet > 126 || octet === EQUALS);
    }
    return Buffer.from(out.join(''), 'latin1');
  }

  end(): Uint8Array {
    const out: string[] = [];
    if (this.#held >= 0) this.#put(out, this.#held, true);
    this.#held = -1;
    return Buffer.from(out.join(''), 'latin1');
  }

  #release(out: string[], next: number): void {
    const held = this.#held;
    this.#held = -1;
    if (held === CR && next === LF) return;
    this.#put(out, held, held === CR || next === CR || next === LF);
  }

  #endLine(out: string[]): void {
    out.push(crlf);
    this.#column = 0;
  }

  #put(out: string[], octet: number, mustEncode: boolean): void {
    const text = mustEncode ? `=${HEX[octet >> 4]}${HEX[octet & 15]}` : String.fromCharCode(octet);
    if (this.#column + text.length > MAX_LINE) {
      out.push('=', crlf);
      this.#column = 0;
    }
    out.push(text);
    this.#column += text.length;
  }
}
