import type { FetchItem } from './fetch-item.ts';
import type { PartialRange } from './partial-range.ts';
import type { SequenceSet } from './sequence-set.ts';

/**
 * search-key of RFC 9051 section 6.4.4, RFC 3501 section 6.4.4 and RFC 7162 section 3.1.5. FROM, TO, CC, BCC and SUBJECT
 * are `header` keys; flags and keywords are `flag` keys. Needles are Unicode.
 */
export type SearchKey =
  | { readonly kind: 'all' }
  /** Message numbers, or `$`. */
  | { readonly kind: 'sequence'; readonly set: SequenceSet }
  | { readonly kind: 'uid'; readonly set: SequenceSet }
  /** `flag` as in flag lists: `\Seen` or a keyword, any case. `set` false: UNSEEN, UNKEYWORD … */
  | { readonly kind: 'flag'; readonly flag: string; readonly set: boolean }
  | { readonly kind: 'text'; readonly in: 'text' | 'body'; readonly needle: string }
  | { readonly kind: 'header'; readonly name: string; readonly needle: string }
  /** BEFORE, ON, SINCE (INTERNALDATE), SENTBEFORE … (Date field) and SAVEDBEFORE … (RFC 8514 section 4.3). `dayMs`: start of the day, in UTC. */
  | {
      readonly kind: 'date';
      readonly of: 'internal' | 'sent' | 'saved';
      readonly is: 'before' | 'on' | 'since';
      readonly dayMs: number;
    }
  /** OLDER, YOUNGER: age by INTERNALDATE. RFC 5032. */
  | { readonly kind: 'age'; readonly is: 'older' | 'younger'; readonly seconds: number }
  | { readonly kind: 'size'; readonly is: 'larger' | 'smaller'; readonly bytes: number }
  /** EMAILID, THREADID; `id` as written. RFC 8474 section 6. */
  | { readonly kind: 'object'; readonly of: 'email' | 'thread'; readonly id: string }
  | { readonly kind: 'modseq'; readonly atLeast: number }
  /** FUZZY: texts within it are matched by likeness. RFC 6203. */
  | { readonly kind: 'fuzzy'; readonly key: SearchKey }
  /** FILTER: criteria that have a name. RFC 5466. `charset`: one was given that is neither UTF-8 nor a part of it. */
  | { readonly kind: 'filter'; readonly name: string; readonly charset: string | undefined }
  | { readonly kind: 'not'; readonly key: SearchKey }
  | { readonly kind: 'or'; readonly keys: readonly [SearchKey, SearchKey] }
  | { readonly kind: 'and'; readonly keys: readonly SearchKey[] };

/** RETURN options. RFC 4731 section 3.1, RFC 5182 section 2, RFC 9394 section 3.1, RFC 6203 section 4, RFC 5267 section 4. */
export type SearchReturn = 'MIN' | 'MAX' | 'ALL' | 'COUNT' | 'SAVE' | 'PARTIAL' | 'RELEVANCY' | 'CONTEXT' | 'UPDATE';

/** What RETURN asks for. */
export interface ReturnOptions {
  /** Undefined: no RETURN was given, so the answer is SEARCH or SORT, not ESEARCH. `RETURN ()` means ALL. */
  readonly returns: readonly SearchReturn[] | undefined;
  /** With UPDATE: what is fetched of each new message that becomes a result. RFC 5465 section 7. */
  readonly updateItems?: readonly FetchItem[];
  /** With PARTIAL. */
  readonly partial?: PartialRange;
}

/** A charset that cannot be decoded: `NO [BADCHARSET]`. */
export interface BadCharset {
  readonly kind: 'bad-charset';
  readonly charset: string;
}

/** The arguments of SEARCH and UID SEARCH. */
export type SearchArguments = ({ readonly kind: 'search'; readonly key: SearchKey } & ReturnOptions) | BadCharset;
