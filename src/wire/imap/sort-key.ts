import type { BadCharset, ReturnOptions, SearchKey } from './search-key.ts';

/** sort-key. RFC 5256 section 5, RFC 5957 section 5, RFC 6203 section 6. */
export type SortKey =
  | 'ARRIVAL'
  | 'CC'
  | 'DATE'
  | 'DISPLAYFROM'
  | 'DISPLAYTO'
  | 'FROM'
  | 'SIZE'
  | 'SUBJECT'
  | 'TO'
  | 'RELEVANCY';

export interface SortCriterion {
  readonly key: SortKey;
  readonly reverse: boolean;
}

/** The arguments of SORT and UID SORT. */
export type SortArguments =
  | ({
      readonly kind: 'sort';
      /** The first one decides, the next ones among equals; each key once. */
      readonly criteria: readonly SortCriterion[];
      readonly key: SearchKey;
    } & ReturnOptions)
  | BadCharset;

/** RFC 5256 section 3; REFS: draft-ietf-morg-inthread. */
export type ThreadAlgorithm = 'ORDEREDSUBJECT' | 'REFERENCES' | 'REFS';

/** The arguments of THREAD and UID THREAD. */
export type ThreadArguments =
  | { readonly kind: 'thread'; readonly algorithm: ThreadAlgorithm; readonly key: SearchKey }
  | BadCharset;
