import { isAscii } from 'node:buffer';
import { RelaxedBodyHash } from '../checks/dkim/relaxed-body.ts';
import type { Clock } from '../base/clock.ts';
import { parseHeader } from '../mime/parse-header.ts';
import type { Header } from '../mime/parse-header.ts';
import type { Spool, Spooled } from '../store/spool.ts';
import { completeHeader } from './complete-header.ts';
import { dropFields } from './drop-fields.ts';

/** Longer headers are refused. They are held in memory while the message comes. */
const MAX_HEADER = 256 * 1024;
const FIRST_BUFFER = 4096;
/** RFC 5322 section 2.1.1, without CRLF. */
const MAX_LINE = 998;
const LF = 10;
const CR = 13;

type Written = 'kept' | 'too-large' | Promise<'kept' | 'too-large'>;

/** What goes into the fields that are added. */
export interface MessageOrigin {
  /** Our name, A-labels. */
  readonly hostname: string;
  readonly clock: Clock;
}

/** A whole outgoing message, with what was learnt while it passed. */
export interface FinishedBody {
  readonly content: Spooled;
  /** As kept: without the fields that are not sent, with those that were missing. */
  readonly header: Header;
  /** Bcc and the like, which are for the sender's own copy; each field with its CRLF. */
  readonly hidden: string;
  /** False: the header was too long to be looked at, and nothing was kept. */
  readonly headerComplete: boolean;
  /** `bh=` of DKIM. */
  readonly bodyHash: string;
  /** What the transport must be able to carry (RFC 6152, RFC 3030): `binary` has NUL, lone CR or LF, or lines over 998 octets. */
  readonly form: '7bit' | '8bit' | 'binary';
}

/**
 * An outgoing message on its way into a spool, in pieces of any size. The header is held back until it is whole, and
 * loses what must not be sent (Bcc) and gets what it lacks; the body is hashed as it passes, so that signing never reads it
 * again.
 */
export class OutgoingBody {
  readonly #spool: Spool;
  readonly #origin: MessageOrigin;
  readonly #hash = new RelaxedBodyHash();
  #head = Buffer.alloc(0);
  #headBytes = 0;
  #header: Header | undefined;
  #hidden = '';
  #isTooLong = false;
  #isBinary = false;
  #isEightBit = false;
  /** Octets of the line under way, and the last octet before this piece. */
  #lineBytes = 0;
  #last = LF;

  constructor(spool: Spool, origin: MessageOrigin) {
    this.#spool = spool;
    this.#origin = origin;
  }

  get sizeBytes(): number {
    return this.#spool.sizeBytes;
  }

  /** As of a spool: await the promise, if there is one, before writing more. @throws StorageFull */
  write(octets: Uint8Array): Written {
    if (this.#header !== undefined) {
      this.#look(octets);
      return this.#spool.write(octets);
    }
    if (this.#isTooLong) return 'kept';
    const from = Math.max(0, this.#headBytes - 3);
    this.#collect(octets);
    const end = endOfHeader(this.#head.subarray(0, this.#headBytes), from);
    if (end === undefined || end > MAX_HEADER) {
      this.#isTooLong = this.#headBytes > MAX_HEADER;
      if (this.#isTooLong) this.#head = Buffer.alloc(0);
      return 'kept';
    }
    const head = this.#head.subarray(0, this.#headBytes);
    this.#head = Buffer.alloc(0);
    return this.#passHeader(head, end);
  }

  /** Nothing may be written afterwards. */
  async finish(): Promise<FinishedBody> {
    if (this.#header === undefined && !this.#isTooLong) {
      // No blank line came: it is all header, and gets its end.
      const text = this.#head.toString('latin1', 0, this.#headBytes);
      const whole = Buffer.from(`${text}${text.endsWith('\r\n') || text === '' ? '' : '\r\n'}\r\n`, 'latin1');
      await this.#passHeader(whole, whole.length);
    }
    const content = await this.#spool.finish();
    const header = this.#header ?? parseHeader('');
    const form = this.#isBinary ? 'binary' : this.#isEightBit ? '8bit' : '7bit';
    const hidden = this.#hidden;
    return { content, header, hidden, headerComplete: !this.#isTooLong, bodyHash: this.#hash.digest(), form };
  }

  /** Throws away what was collected, also after `finish`. */
  discard(): Promise<void> {
    this.#head = Buffer.alloc(0);
    return this.#spool.discard();
  }

  #collect(octets: Uint8Array): void {
    const needed = this.#headBytes + octets.length;
    if (needed > this.#head.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#head.length, FIRST_BUFFER));
      larger.set(this.#head.subarray(0, this.#headBytes));
      this.#head = larger;
    }
    this.#head.set(octets, this.#headBytes);
    this.#headBytes = needed;
  }

  /** `octets`: the header up to `end`, and the first of the body. */
  #passHeader(octets: Buffer, end: number): Written {
    const written = parseHeader(octets.toString('latin1', 0, end));
    const { hostname, clock } = this.#origin;
    const { kept: cleaned, hidden } = dropFields(written);
    this.#hidden = hidden;
    const added = completeHeader(cleaned, { hostname, nowMs: clock.now() });
    const kept = added === '' ? cleaned : parseHeader(added + cleaned.text);
    this.#header = kept;
    this.#isEightBit = !isAscii(octets.subarray(0, end));
    const rest = octets.subarray(end);
    this.#look(rest);
    if (kept === written) return this.#spool.write(octets);
    return this.#spool.write(Buffer.concat([Buffer.from(kept.text, 'latin1'), rest]));
  }

  #look(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#hash.update(octets);
    if (!this.#isEightBit) this.#isEightBit = !isAscii(octets);
    if (this.#isBinary) return;
    this.#isBinary = octets.includes(0) || this.#hasOddLines(octets);
    this.#last = octets[octets.length - 1] ?? 0;
  }

  /** Lines that are too long, or do not end in CRLF. */
  #hasOddLines(octets: Uint8Array): boolean {
    if (this.#last === CR && octets[0] !== LF) return true;
    let from = 0;
    for (let lf = octets.indexOf(LF); lf >= 0; lf = octets.indexOf(LF, from)) {
      const before = lf === 0 ? this.#last : octets[lf - 1];
      if (before !== CR || this.#lineBytes + lf - from > MAX_LINE + 1) return true;
      // A CR that is not the end of this line.
      const cr = octets.indexOf(CR, from);
      if (cr >= 0 && cr < lf - 1) return true;
      from = lf + 1;
      this.#lineBytes = 0;
    }
    this.#lineBytes += octets.length - from;
    const cr = octets.indexOf(CR, from);
    return (cr >= 0 && cr < octets.length - 1) || this.#lineBytes > MAX_LINE + 1;
  }
}

/** Offset behind the blank line that ends the header; undefined when it is not there yet. */
function endOfHeader(octets: Buffer, from: number): number | undefined {
  if (octets[0] === CR && octets[1] === LF) return 2;
  const at = octets.indexOf('\r\n\r\n', from, 'latin1');
  return at < 0 ? undefined : at + 4;
}
