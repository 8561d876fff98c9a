import { findLiteralMark } from '../literal-mark.ts';
import { StreamedLiteral } from './value.ts';

/** Why what a server says is not taken for a response. */
export type ResponseFault = 'text-too-long' | 'literal-too-long' | 'too-many-literals';

export interface ResponseLimits {
  /** Octets of one response beside its literals. */
  readonly maxTextBytes: number;
  /** Octets of the literals of one response that are kept in memory, together. */
  readonly maxLiteralBytes: number;
  /** Octets of all responses to one command whose answer is kept in memory. */
  readonly maxAnswerBytes: number;
}

/** A search may name a million messages; a body that is not streamed may be a large mail. */
export const defaultResponseLimits: ResponseLimits = {
  maxTextBytes: 16 * 1024 * 1024,
  maxLiteralBytes: 64 * 1024 * 1024,
  maxAnswerBytes: 256 * 1024 * 1024,
};

const maxLiterals = 10_000;
const LF = 10;

/** The text of a response (Latin-1, without line ends and literal marks) with its literals where they stood. */
export type ResponseParts = readonly (string | Uint8Array | StreamedLiteral)[];

/** One whole response, or octets of a literal that is streamed. */
export type ReaderEvent =
  | { readonly kind: 'response'; readonly parts: ResponseParts }
  | { readonly kind: 'piece'; readonly octets: Uint8Array }
  | { readonly kind: 'fault'; readonly fault: ResponseFault };

/**
 * Responses out of octets, literals included: RFC 9051 section 2.2.2 and 4.3, also with LF alone at the end of a line.
 * Never throws; after a fault it stays at that fault. Linear.
 */
export class ResponseReader {
  /** Literals of at least so many octets are handed on in pieces; the owner sets it while it wants them. */
  streamFrom = Infinity;
  readonly #limits: Pick<ResponseLimits, 'maxTextBytes' | 'maxLiteralBytes'>;
  #rest: Uint8Array = new Uint8Array(0);
  #parts: (string | Uint8Array | StreamedLiteral)[] = [];
  #line: Uint8Array[] = [];
  #textBytes = 0;
  #literal: Uint8Array[] = [];
  #literalBytes = 0;
  #need = 0;
  #streamed: StreamedLiteral | undefined;
  #fault: ResponseFault | undefined;

  constructor(limits: Pick<ResponseLimits, 'maxTextBytes' | 'maxLiteralBytes'> = defaultResponseLimits) {
    this.#limits = limits;
  }

  /** Octets that no response has used so far. */
  get hasRest(): boolean {
    return this.#rest.length > 0 || this.#parts.length > 0 || this.#line.length > 0;
  }

  /** Forgets all that arrived: what came in plain text must not count under TLS. RFC 9051 section 6.2.1. */
  discard(): void {
    this.#rest = new Uint8Array(0);
    this.#begin();
  }

  /** Takes more octets; call `next` until it gives nothing before the next push. */
  push(chunk: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  /** Undefined while more octets are needed. */
  next(): ReaderEvent | undefined {
    while (this.#fault === undefined && this.#rest.length > 0) {
      const event = this.#need > 0 ? this.#takeLiteral() : this.#takeText();
      if (event) return event;
    }
    return this.#fault && { kind: 'fault', fault: this.#fault };
  }

  #takeLiteral(): ReaderEvent | undefined {
    const octets = this.#rest.subarray(0, this.#need);
    this.#rest = this.#rest.subarray(octets.length);
    this.#need -= octets.length;
    if (this.#streamed) {
      if (this.#need === 0) this.#parts.push(this.#streamed);
      return { kind: 'piece', octets };
    }
    this.#literal.push(octets);
    if (this.#need === 0) this.#endLiteral();
    return undefined;
  }

  #endLiteral(): void {
    this.#parts.push(Buffer.concat(this.#literal));
    this.#literal = [];
  }

  #takeText(): ReaderEvent | undefined {
    const at = this.#rest.indexOf(LF);
    const part = at < 0 ? this.#rest : this.#rest.subarray(0, at);
    this.#rest = at < 0 ? new Uint8Array(0) : this.#rest.subarray(at + 1);
    this.#textBytes += part.length;
    if (this.#textBytes > this.#limits.maxTextBytes) {
      this.#fault = 'text-too-long';
      return undefined;
    }
    this.#line.push(part);
    return at < 0 ? undefined : this.#endLine();
  }

  #endLine(): ReaderEvent | undefined {
    const line = Buffer.concat(this.#line).toString('latin1').replace(/\r$/, '');
    this.#line = [];
    const mark = findLiteralMark(line);
    if (!mark) {
      const parts = [...this.#parts, line];
      this.#begin();
      return { kind: 'response', parts };
    }
    this.#parts.push(line.slice(0, mark.start));
    this.#beginLiteral(mark.sizeBytes);
    return undefined;
  }

  #beginLiteral(sizeBytes: number): void {
    this.#streamed = sizeBytes >= this.streamFrom ? new StreamedLiteral(sizeBytes) : undefined;
    if (!this.#streamed) this.#literalBytes += sizeBytes;
    if (this.#literalBytes > this.#limits.maxLiteralBytes || !Number.isSafeInteger(sizeBytes))
      this.#fault = 'literal-too-long';
    else if (this.#parts.length > 2 * maxLiterals) this.#fault = 'too-many-literals';
    this.#need = sizeBytes;
    if (sizeBytes > 0) return;
    if (this.#streamed) this.#parts.push(this.#streamed);
    else this.#endLiteral();
  }

  #begin(): void {
    this.#parts = [];
    this.#line = [];
    this.#literal = [];
    this.#textBytes = this.#literalBytes = this.#need = 0;
    this.#streamed = undefined;
  }
}
