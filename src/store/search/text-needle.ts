import { foldForSearch } from '../../mime/fold-for-search.ts';
import { headFields } from '../../mime/searched-fields.ts';
import type { TextQuery } from '../text-query.ts';
import type { FoldedSink } from './folded-text.ts';

/** A query made ready for many comparisons. */
export class TextNeedle {
  readonly needle: string;
  readonly query: TextQuery;
  /** Of a query of one field, lower case; else ''. */
  readonly fieldName: string;
  /** The line of `email.head` (see `printSearchHead`) that answers the query alone, or -1. */
  readonly headLine: number;

  constructor(query: TextQuery) {
    this.query = query;
    this.needle = foldForSearch(query.needle);
    this.fieldName = query.in === 'header' ? query.name.toLowerCase() : '';
    // An empty needle asks whether the field is there at all, which the head cannot tell.
    this.headLine = query.in === 'header' && this.needle !== '' ? headFields.indexOf(this.fieldName) : -1;
  }

  /** Which signature of a message could hold it. */
  get where(): 'header' | 'text' {
    return this.query.in === 'header' ? 'header' : 'text';
  }

  matchesHead(head: string): boolean {
    const values = head.split('\n')[this.headLine] ?? '';
    return values.includes(this.needle) && values.split('\r').some((value) => value.includes(this.needle));
  }

  /** A comparison with the text of one message, for queries that are not of one field. */
  search(): NeedleSearch {
    return new NeedleSearch(this.needle, this.query.in === 'text');
  }
}

/** Looks for the needle in the texts of one message, across the pieces of its body. */
class NeedleSearch implements FoldedSink {
  readonly #needle: string;
  readonly #inHeader: boolean;
  /** The end of the last piece, where the needle may begin. */
  #overlap = '';
  isFound = false;

  constructor(needle: string, inHeader: boolean) {
    this.#needle = needle;
    this.#inHeader = inHeader;
  }

  header(text: string): boolean {
    this.isFound = this.#inHeader && text.includes(this.#needle);
    return !this.isFound;
  }

  body(piece: string): boolean {
    const text = this.#overlap + piece;
    this.isFound = text.includes(this.#needle);
    this.#overlap = text.slice(Math.max(0, text.length - this.#needle.length + 1));
    return !this.isFound;
  }
}
