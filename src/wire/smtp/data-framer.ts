import type { Framer } from '../../base/conversation.ts';
import { skipLines } from './skip-lines.ts';
import { SpanOutput } from './span-output.ts';

/**
 * Why the data is not acceptable: a CR without LF, or something that another server might take for the end of the data
 * (`LF . LF`, `CRLF . LF`, `LF . CRLF`; "SMTP smuggling"). spec/protocols.md section 1.6.
 */
export type DataFault = 'bare-cr' | 'fake-end';

const CR = 13;
const LF = 10;
const DOT = 46;

/** Where in the text we are. What is in quotes was seen and is not in the output (yet). */
const inLine = 0;
/** After CRLF. */
const lineStart = 1;
/** "CR" at the end of a chunk. */
const afterCr = 2;
/** CRLF "." */
const afterDot = 3;
/** CRLF ". CR" */
const afterDotCr = 4;
/** After LF alone. */
const looseStart = 5;
/** LF . */
const looseDot = 6;
/** LF . "CR" */
const looseDotCr = 7;
const ended = 8;

/**
 * The content of DATA: removes the dots that the client put in front (RFC 5321 section 4.5.2) and finds the end, which is
 * CRLF "." CRLF and nothing else. A lone LF inside the text becomes CRLF. After a fault nothing is kept any more, but the
 * end is still looked for, so that what follows is not taken for commands. Linear; no loop over octets where lines are sane.
 */
export class DataFramer implements Framer {
  #state = lineStart;
  #kept: Uint8Array | undefined;
  #fault: DataFault | undefined;
  // Of the chunk in hand: where we are, from where on octets are kept and not yet in the output, the next CR and LF.
  #at = 0;
  #from = 0;
  #cr = -1;
  #lf = -1;

  /** The first fault, if any so far. */
  get fault(): DataFault | undefined {
    return this.#fault;
  }

  /** What the last push kept, as a view of its chunk where possible: copy what must outlive it. */
  take(): Uint8Array | undefined {
    const kept = this.#kept;
    this.#kept = undefined;
    return this.#fault === undefined ? kept : undefined;
  }

  push(chunk: Uint8Array): { readonly consumed: number; readonly done: boolean } {
    const output = new SpanOutput(chunk);
    this.#at = this.#from = 0;
    this.#cr = this.#lf = -1;
    while (this.#at < chunk.length && this.#state !== ended) {
      if (this.#state === inLine) this.#skipLine(chunk, output);
      else this.#step(chunk[this.#at], output);
    }
    output.span(this.#from, this.#at);
    this.#kept = output.take();
    return { consumed: this.#at, done: this.#state === ended };
  }

  /** From inside a line to the next line end that needs a look, and over it, or to the end of the chunk. */
  #skipLine(chunk: Uint8Array, output: SpanOutput): void {
    const { length } = chunk;
    this.#at = skipLines(chunk, this.#at);
    if (this.#at === length) return;
    if (this.#cr < this.#at) this.#cr = next(chunk, CR, this.#at);
    if (this.#lf < this.#at) this.#lf = next(chunk, LF, this.#at);
    const cr = this.#cr;
    const lf = this.#lf;
    if (lf < cr) {
      output.span(this.#from, lf);
      output.lineEnd();
      this.#drop(lf + 1, looseStart);
    } else if (cr === length) {
      this.#at = length;
    } else if (cr + 1 === length) {
      output.span(this.#from, cr);
      this.#drop(length, afterCr);
    } else if (lf === cr + 1) {
      this.#at = cr + 2;
      this.#state = lineStart;
    } else {
      this.#fail('bare-cr');
      this.#at = cr + 1;
    }
  }

  /** One octet, or none where the state alone changes. */
  #step(octet: number | undefined, output: SpanOutput): void {
    const after = this.#at + 1;
    switch (this.#state) {
      case lineStart:
        if (octet !== DOT) return this.#stay(inLine);
        output.span(this.#from, this.#at);
        return this.#drop(after, afterDot);
      case afterCr:
        if (octet !== LF) return this.#fail('bare-cr');
        output.lineEnd();
        return this.#drop(after, lineStart);
      case afterDot:
        if (octet === CR) return this.#drop(after, afterDotCr);
        if (octet !== LF) return this.#stay(inLine);
        this.#fail('fake-end');
        return this.#drop(after, looseStart);
      case afterDotCr:
        if (octet !== LF) return this.#fail('bare-cr');
        return this.#drop(after, ended);
      case looseStart:
        if (octet !== DOT) return this.#stay(inLine);
        this.#at = after;
        return this.#stay(looseDot);
      case looseDot:
        if (octet === CR) return this.#drop(after, looseDotCr);
        if (octet !== LF) return this.#stay(inLine);
        this.#fail('fake-end');
        return this.#drop(after, looseStart);
      case looseDotCr:
        this.#fail(octet === LF ? 'fake-end' : 'bare-cr');
        if (octet === LF) this.#drop(after, lineStart);
    }
  }

  #stay(state: number): void {
    this.#state = state;
  }

  /** What lies between the output and `at` is not kept. */
  #drop(at: number, state: number): void {
    this.#at = this.#from = at;
    this.#state = state;
  }

  #fail(fault: DataFault): void {
    this.#fault ??= fault;
    this.#state = inLine;
  }
}

/** The next place of an octet, or the length when there is none. */
function next(chunk: Uint8Array, octet: number, from: number): number {
  const at = chunk.indexOf(octet, from);
  return at < 0 ? chunk.length : at;
}
