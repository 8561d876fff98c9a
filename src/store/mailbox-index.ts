import type { MailboxId, ModSeq } from './ids.ts';

/**
 * The entries of one mailbox in memory, in uid order, as parallel arrays. Faces only read it; positions are valid until
 * the next `await`, uids for ever. The arrays may be longer than `length`.
 */
export interface MailboxIndex {
  readonly mailboxId: MailboxId;
  readonly length: number;
  /** Ascending. Replaced, never shifted in place, when entries go: a session may go on using the array it has. */
  readonly uids: Uint32Array;
  readonly flags: Uint32Array;
  readonly modseqs: Float64Array;
  readonly emailIds: Float64Array;
  readonly highestModseq: ModSeq;
  /** True once the mailbox was deleted. */
  readonly gone: boolean;
  /** Other keywords of the entry at this position, in the spelling first used. */
  keywordsAt(position: number): readonly string[];
  /** All keyword names in use in the mailbox (those that are not flag bits). */
  readonly keywords: readonly string[];
  /** The position of a uid, or -1. */
  find(uid: number): number;
  /** The position of the first uid that is not below this one; `length` when there is none. */
  lowerBound(uid: number): number;
  /**
   * Uids of messages that came or changed after this modseq, ascending; some may be gone again. Undefined when the index does not
   * remember all of them: then `modseqs` tell.
   */
  changedSince(modseq: number): Uint32Array | undefined;
  /** The session is done with it. Call once. */
  release(): void;
}
