/**
 * A substring search without regard to case (RFC 9051 section 6.4.4), over decoded text: RFC 2047 words and transfer
 * encodings are resolved, HTML is seen as text.
 */
export type TextQuery =
  /** Header and body: TEXT. */
  | { readonly in: 'text'; readonly needle: string }
  | { readonly in: 'body'; readonly needle: string }
  /** Any one field; an empty needle finds messages that have the field. Name in any case. */
  | { readonly in: 'header'; readonly name: string; readonly needle: string };

/** What a search by likeness found: uids ascending, and how well each matches, 1 to 100. RFC 6203 section 4. */
export interface Ranked {
  readonly uids: Uint32Array;
  readonly scores: Uint8Array;
}
