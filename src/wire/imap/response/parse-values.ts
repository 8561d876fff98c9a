import { MalformedInput } from '../malformed-input.ts';
import type { ResponseParts } from './response-reader.ts';
import type { ImapValue, StreamedLiteral } from './value.ts';

/** Parentheses inside each other: a body structure may be as deep as a message. */
const maxDepth = 200;

/** Reads values out of the parts of a response. Throws MalformedInput; `parse-response.ts` catches it. */
export class ValueReader {
  readonly #parts: ResponseParts;
  #part = 0;
  #at = 0;

  constructor(parts: ResponseParts) {
    this.#parts = parts;
  }

  /** The text from here to the end of the part, and goes there. */
  restOfText(): string {
    const part = this.#parts[this.#part];
    const rest = typeof part === 'string' ? part.slice(this.#at) : '';
    this.#at += rest.length;
    return rest;
  }

  skipSpaces(): void {
    while (this.#peek() === ' ') this.#at++;
  }

  atEnd(): boolean {
    return this.#peek() === undefined;
  }

  /** All values to the end. */
  readAll(): readonly ImapValue[] {
    return this.#readList(undefined, 0);
  }

  /** The next atom, as written. */
  readAtom(): string {
    const part = this.#parts[this.#part];
    if (typeof part !== 'string') return this.#fail('atom');
    const end = findAtomEnd(part, this.#at);
    if (end === this.#at) return this.#fail('atom');
    const atom = part.slice(this.#at, end);
    this.#at = end;
    return atom;
  }

  #readList(close: ')' | undefined, depth: number): readonly ImapValue[] {
    if (depth > maxDepth) return this.#fail('fewer parentheses');
    const values: ImapValue[] = [];
    for (;;) {
      this.skipSpaces();
      const next = this.#peek();
      if (next === close) {
        if (close !== undefined) this.#at++;
        return values;
      }
      if (next === undefined || next === ')') return this.#fail(close ?? 'end of response');
      values.push(this.#readValue(next, depth));
    }
  }

  #readValue(next: string | Uint8Array | StreamedLiteral, depth: number): ImapValue {
    if (typeof next !== 'string') {
      this.#part++;
      this.#at = 0;
      return next;
    }
    if (next === '(') {
      this.#at++;
      return this.#readList(')', depth + 1);
    }
    if (next === '"') return this.#readQuoted();
    const atom = this.readAtom();
    return atom.toUpperCase() === 'NIL' ? null : atom;
  }

  /** Backslashes escape whatever follows: servers are not as strict as the grammar. */
  #readQuoted(): Uint8Array {
    const text = this.#parts[this.#part] as string;
    let end = this.#at + 1;
    while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
    if (end >= text.length) return this.#fail('closing quote');
    const inner = text.slice(this.#at + 1, end);
    this.#at = end + 1;
    return Buffer.from(inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner, 'latin1');
  }

  /** The next character, or a literal; undefined at the end. */
  #peek(): string | Uint8Array | StreamedLiteral | undefined {
    for (;;) {
      const part = this.#parts[this.#part];
      if (typeof part !== 'string') return part;
      if (this.#at < part.length) return part[this.#at];
      this.#part++;
      this.#at = 0;
      if (this.#part >= this.#parts.length) return undefined;
    }
  }

  #fail(expected: string): never {
    throw new MalformedInput(expected, this.#at);
  }
}

/** `BODY[HEADER.FIELDS (FROM TO)]<0>` is one name: what is in brackets belongs to the atom. */
function findAtomEnd(text: string, start: number): number {
  let at = start;
  let inBrackets = false;
  for (; at < text.length; at++) {
    const char = text[at];
    if (char === '[') inBrackets = true;
    else if (char === ']') inBrackets = false;
    else if (!inBrackets && (char === ' ' || char === '(' || char === ')' || char === '"')) break;
  }
  return at;
}
