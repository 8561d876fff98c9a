import type { TransferDecoder } from './transfer-decoder.ts';

const LF = 10;
const CR = 13;
const EQUALS = 61;
/** Blanks held back until it is known whether they end a line. Longer runs are passed on as they are. */
const MAX_BLANKS = 1000;

function hexValue(octet: number): number {
  if (octet >= 48 && octet <= 57) return octet - 48;
  const letter = octet | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/**
 * quoted-printable. Blanks at the end of a line are removed, as transport may have added them; an `=` that begins no
 * escape stays. RFC 2045 section 6.7.
 */
export class QuotedPrintableDecoder implements TransferDecoder {
  /** Octets that cannot be decided yet: blanks, or an `=` and what follows it. Short. */
  #held: Uint8Array = new Uint8Array(0);

  write(chunk: Uint8Array): Uint8Array {
    return this.#decode(this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]), false);
  }

  end(): Uint8Array {
    return this.#decode(this.#held, true);
  }

  #decode(octets: Uint8Array, final: boolean): Uint8Array {
    const out = Buffer.allocUnsafe(octets.length);
    const { length } = octets;
    let to = 0;
    let at = 0;
    while (at < length) {
      const octet = octets[at] ?? 0;
      const isBlank = octet === 32 || octet === 9;
      if (octet !== EQUALS && (!isBlank || (octets[at + 1] ?? 0) > 32)) {
        out[to++] = octet;
        at++;
        continue;
      }
      const blanksEnd = skipBlanks(octets, octet === EQUALS ? at + 1 : at);
      if (!final && !isDecided(octets, at, blanksEnd)) break;
      const lineEnd = lineEndBytes(octets, blanksEnd, final);
      if (octet !== EQUALS) {
        if (lineEnd === 0) for (; at < blanksEnd; at++) out[to++] = octets[at] ?? 0;
        at = blanksEnd;
      } else if (lineEnd > 0) at = Math.min(blanksEnd + lineEnd, length);
      else {
        const high = hexValue(octets[at + 1] ?? 0);
        const low = hexValue(octets[at + 2] ?? 0);
        const isEscape = high >= 0 && low >= 0;
        out[to++] = isEscape ? high * 16 + low : EQUALS;
        at += isEscape ? 3 : 1;
      }
    }
    this.#held = octets.slice(at);
    return out.subarray(0, to);
  }
}

function skipBlanks(octets: Uint8Array, from: number): number {
  let at = from;
  const end = Math.min(octets.length, from + MAX_BLANKS);
  while (at < end && (octets[at] === 32 || octets[at] === 9)) at++;
  return at;
}

/** Enough octets are there to tell what begins at `at`: three after an `=`, and what follows blanks. */
function isDecided(octets: Uint8Array, at: number, blanksEnd: number): boolean {
  const left = octets.length - blanksEnd;
  if (octets[at] === EQUALS && octets.length - at < 3 && !(left > 0 && octets[blanksEnd] === LF)) return false;
  if (blanksEnd - at >= MAX_BLANKS) return true;
  return left > 1 || (left === 1 && octets[blanksEnd] !== CR);
}

/** Octets of the line end at `at`; the end of the text counts as one (of a single octet that is not there). */
function lineEndBytes(octets: Uint8Array, at: number, final: boolean): number {
  if (at >= octets.length) return final ? 1 : 0;
  if (octets[at] === LF) return 1;
  return octets[at] === CR && octets[at + 1] === LF ? 2 : 0;
}
