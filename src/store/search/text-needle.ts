import { foldForSearch } from '../../mime/fold-for-search.ts';
import type { TextQuery } from '../text-query.ts';
import type { FoldedSink } from './folded-text.ts';

/** Fields whose decoded values lie in `email.head`, in the order of its lines (see `printSearchHead`). */
const headFields: readonly string[] = ['subject', 'from', 'to', 'cc', 'bcc'];

/** A query made ready for many comparisons. */
export class TextNeedle {
  readonly needle: string;
  readonly #query: TextQuery;
  readonly #fieldName: string;
  /** The line of `email.head` that answers the query alone, or -1. */
  readonly headLine: number;

  constructor(query: TextQuery) {
    this.#query = query;
    this.needle = foldForSearch(query.needle);
    this.#fieldName = query.in === 'header' ? query.name.toLowerCase() : '';
    // An empty needle asks whether the field is there at all, which the head cannot tell.
    this.headLine = query.in === 'header' && this.needle !== '' ? headFields.indexOf(this.#fieldName) : -1;
  }

  /** Which signature of a message could hold it. */
  get where(): 'header' | 'text' {
    return this.#query.in === 'header' ? 'header' : 'text';
  }

  /** The body is looked at. */
  get inBody(): boolean {
    return this.#query.in !== 'header';
  }

  matchesHead(head: string): boolean {
    const values = head.split('\n')[this.headLine] ?? '';
    return values.includes(this.needle) && values.split('\r').some((value) => value.includes(this.needle));
  }

  /** A comparison with one message. `mayBeInBody`: false when the body is known not to hold the needle. */
  search(mayBeInBody = true): NeedleSearch {
    return new NeedleSearch(this, mayBeInBody, this.#query.in, `${this.#fieldName}:`);
  }
}

/** Looks for the needle in the texts of one message, across the pieces of its body. */
class NeedleSearch implements FoldedSink {
  readonly #needle: string;
  readonly #in: TextQuery['in'];
  readonly #fieldStart: string;
  readonly #mayBeInBody: boolean;
  /** The end of the last piece, where the needle may begin. */
  #overlap = '';
  isFound = false;

  constructor({ needle }: TextNeedle, mayBeInBody: boolean, where: TextQuery['in'], fieldStart: string) {
    this.#needle = needle;
    this.#mayBeInBody = mayBeInBody && where !== 'header';
    this.#in = where;
    this.#fieldStart = fieldStart;
  }

  header(text: string): boolean {
    if (this.#in === 'text') this.isFound = text.includes(this.#needle);
    else if (this.#in === 'header') this.isFound = this.#isInField(text);
    return this.#mayBeInBody && !this.isFound;
  }

  body(piece: string): boolean {
    const text = this.#overlap + piece;
    this.isFound = text.includes(this.#needle);
    this.#overlap = text.slice(Math.max(0, text.length - this.#needle.length + 1));
    return !this.isFound;
  }

  #isInField(header: string): boolean {
    const start = this.#fieldStart;
    return header.split('\n').some((line) => line.startsWith(start) && line.includes(this.#needle, start.length + 1));
  }
}
