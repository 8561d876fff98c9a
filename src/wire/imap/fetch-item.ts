import type { Section } from '../../mime/find-section.ts';
import type { Partial } from './imap-reader.ts';
import type { PartialRange } from './partial-range.ts';
import type { SequenceSet } from './sequence-set.ts';

/** fetch-att of RFC 9051 section 9, of RFC 3501 (RFC822…), RFC 7162 (MODSEQ), RFC 8514 (SAVEDATE), RFC 8970 (PREVIEW) and RFC 8474 (EMAILID, THREADID). Macros are resolved by the reader. */
export type FetchItem =
  | {
      readonly kind:
        | 'uid'
        | 'flags'
        | 'internaldate'
        | 'rfc822.size'
        | 'envelope'
        | 'body'
        | 'bodystructure'
        | 'modseq'
        | 'savedate'
        | 'preview'
        | 'emailid'
        | 'threadid';
    }
  /** BODY[…] and BODY.PEEK[…]. */
  | {
      readonly kind: 'section';
      readonly section: Section;
      readonly peek: boolean;
      readonly partial: Partial | undefined;
    }
  /** RFC 3501 only: like BODY[], BODY.PEEK[HEADER] and BODY[TEXT], answered under these names. */
  | { readonly kind: 'rfc822' | 'rfc822.header' | 'rfc822.text' }
  /** BINARY[…] and BINARY.PEEK[…]. */
  | {
      readonly kind: 'binary';
      readonly path: readonly number[];
      readonly peek: boolean;
      readonly partial: Partial | undefined;
    }
  | { readonly kind: 'binary.size'; readonly path: readonly number[] };

/** The arguments of FETCH and UID FETCH. */
export interface FetchArguments {
  readonly set: SequenceSet;
  readonly items: readonly FetchItem[];
  /** RFC 7162 section 3.1.4.1. */
  readonly changedSince: number | undefined;
  /** RFC 7162 section 3.2.6: only with UID FETCH and CHANGEDSINCE. */
  readonly vanished: boolean;
  /** RFC 9394 section 3.3: only with UID FETCH. */
  readonly page?: PartialRange;
}
