import { foldForSearch } from '../../mime/fold-for-search.ts';
import type { TextQuery } from '../text-query.ts';
import type { FoldedText } from './folded-text.ts';

/** Fields whose decoded values lie in `email.head`, in the order of its lines (see prepare-message.ts). */
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
    return (head.split('\n')[this.headLine] ?? '').includes(this.needle);
  }

  matches(text: FoldedText): boolean {
    if (this.#query.in === 'body') return text.body.includes(this.needle);
    if (this.#query.in === 'text') return text.header.includes(this.needle) || text.body.includes(this.needle);
    const start = `${this.#fieldName}:`;
    return text.header
      .split('\n')
      .some((line) => line.startsWith(start) && line.slice(start.length).includes(this.needle));
  }
}
