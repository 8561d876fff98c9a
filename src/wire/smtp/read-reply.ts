import type { Reply } from './reply.ts';

/** Why what a server says is not taken for a reply. */
export type ReplyFault = 'line-too-long' | 'too-many-lines' | 'too-many-octets' | 'not-a-reply' | 'codes-differ';

/** RFC 5321 section 4.5.3.1.5 asks for 512 octets a line; servers exceed it, so more is taken, but not without end. */
export const replyLimits = { maxLineBytes: 4096, maxLines: 100, maxBytes: 65_536 } as const;

const LF = 10;
const LINE = /^([2-5][0-9][0-9])(?:([ -])(.*))?$/s;
const ENHANCED = /^([245]\.[0-9]{1,3}\.[0-9]{1,3})(?: +|$)/;

/**
 * Replies out of octets: `Reply-line` of RFC 5321 section 4.2, also with LF alone at the end of a line, and the enhanced
 * code of each line taken off (RFC 2034 section 4). Never throws; after a fault it stays at that fault. Linear.
 */
export class ReplyReader {
  #line: Buffer[] = [];
  #lineBytes = 0;
  #code = 0;
  #enhanced: string | undefined;
  #lines: string[] = [];
  #bytes = 0;
  #fault: ReplyFault | undefined;
  #rest: Uint8Array = new Uint8Array(0);

  /** Octets that no reply has used so far: something was said that nobody asked for, or only half of it. */
  get hasRest(): boolean {
    return this.#rest.length > 0 || this.#lineBytes > 0 || this.#lines.length > 0;
  }

  /** Forgets all that arrived: what came in plain text must not count under TLS. RFC 3207 section 4.2. */
  discard(): void {
    this.#rest = new Uint8Array(0);
    this.#line = [];
    this.#lineBytes = 0;
    this.#startReply();
  }

  /** Takes more octets; call `next` until it gives nothing before the next push. */
  push(chunk: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** The next whole reply, why there is none, or undefined while more octets are needed. */
  next(): Reply | ReplyFault | undefined {
    while (this.#fault === undefined && this.#rest.length > 0) {
      const at = this.#rest.indexOf(LF);
      const part = at < 0 ? this.#rest : this.#rest.subarray(0, at);
      this.#rest = at < 0 ? new Uint8Array(0) : this.#rest.subarray(at + 1);
      this.#keep(part);
      if (at < 0 || this.#fault !== undefined) continue;
      const reply = this.#endLine();
      if (reply) return reply;
    }
    return this.#fault;
  }

  #keep(part: Uint8Array): void {
    this.#lineBytes += part.length;
    this.#bytes += part.length;
    if (this.#lineBytes > replyLimits.maxLineBytes) this.#fault = 'line-too-long';
    else if (this.#bytes > replyLimits.maxBytes) this.#fault = 'too-many-octets';
    else this.#line.push(Buffer.from(part));
  }

  #endLine(): Reply | undefined {
    const text = Buffer.concat(this.#line).toString('utf8').replace(/\r$/, '');
    this.#line = [];
    this.#lineBytes = 0;
    const [, digits, mark, rest = ''] = LINE.exec(text) ?? [];
    const code = Number(digits);
    if (digits === undefined) this.#fault = 'not-a-reply';
    else if (this.#lines.length > 0 && code !== this.#code) this.#fault = 'codes-differ';
    else if (this.#lines.length >= replyLimits.maxLines) this.#fault = 'too-many-lines';
    if (this.#fault !== undefined) return undefined;
    this.#code = code;
    this.#takeText(rest);
    if (mark === '-') return undefined;
    const reply = { code, enhanced: this.#enhanced, lines: this.#lines };
    this.#startReply();
    return reply;
  }

  /** The class of an enhanced code has to be that of the reply; otherwise it is a text that looks like one. */
  #takeText(text: string): void {
    const enhanced = ENHANCED.exec(text);
    const fits = enhanced?.[1]?.charCodeAt(0) === 48 + Math.floor(this.#code / 100);
    if (fits) this.#enhanced ??= enhanced?.[1];
    this.#lines.push(fits ? text.slice(enhanced?.[0].length) : text);
  }

  #startReply(): void {
    this.#lines = [];
    this.#enhanced = undefined;
    this.#bytes = 0;
  }
}
