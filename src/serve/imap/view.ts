import type { MailboxIndex } from '../../store/mailbox-index.ts';
import type { UidRanges } from '../../store/uid-ranges.ts';
import { normalizeRanges, type SequenceSet } from '../../wire/imap/sequence-set.ts';
import type { SearchContexts } from './context/search-context.ts';
import { Bad } from './refusal.ts';

/** Positions in a view, first and last, from 0; ascending, not touching. */
export type PositionRanges = readonly (readonly [first: number, last: number])[];

const none = new Uint32Array(0);
/** Writes that one client may have made since it was last told of flags. */
const maxSilent = 10_000;

/**
 * The one place that maps uids to the message numbers of this client: which messages it was told of, in which order.
 * The store's index is shared and always current; the view lags behind it until the client may be told (`tell.ts`).
 *
 * The view holds the index's own array of uids as it was when the client was last told. The store never changes entries of
 * such an array (it appends behind `length`, or makes a new one), so no copy is needed.
 */
export class View {
  readonly index: MailboxIndex;
  /** Uids of the messages the client knows, ascending; only the first `length` count. Message number = position + 1. */
  uids: Uint32Array;
  /** The number of messages that the client knows: what EXISTS said. */
  length: number;
  /** Flag changes up to here were told (or left untold on purpose). */
  flagsModseq: number;
  /** Everything that came and went up to here was told. */
  private numbersModseq: number;
  /** Keyword names that FLAGS listed. */
  keywordCount: number;
  /** ENABLE UIDONLY: the client may not use message numbers. */
  uidOnly = false;
  /** Result of the last search with SAVE, uids ascending, so no EXPUNGE changes it: `$`. RFC 9051 section 6.4.4.1, RFC 5182. */
  saved: Uint32Array = none;
  /** Searches with UPDATE. */
  contexts: SearchContexts | undefined = undefined;
  /** Modseqs of writes of this session that it does not want to hear of (STORE .SILENT). */
  private silent: Set<number> | undefined;

  constructor(index: MailboxIndex) {
    this.index = index;
    this.uids = index.uids;
    this.length = index.length;
    this.flagsModseq = index.highestModseq;
    this.numbersModseq = index.highestModseq;
    this.keywordCount = index.keywords.length;
  }

  /** The uid at a position below `length`. */
  uidAt(position: number): number {
    return this.uids[position] ?? 0;
  }

  /** The position of a uid that the client knows, or -1. */
  find(uid: number): number {
    const position = this.lowerBound(uid);
    return position < this.length && this.uids[position] === uid ? position : -1;
  }

  /** The position of the first known uid that is not below this one; `length` when there is none. */
  lowerBound(uid: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.uids[middle] ?? 0) < uid) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * True while a message that the client knows is no longer in the mailbox. Both arrays ascend and new uids are larger
   * than all old ones, so they agree in the first `length` entries exactly when they agree in the last of these.
   */
  hasExpunged(): boolean {
    if (this.length === 0) return false;
    const last = this.length - 1;
    return this.index.length < this.length || this.index.uids[last] !== this.uids[last];
  }

  /**
   * The modseq from which a client may resynchronise (RFC 7162 section 3.2.5): while messages are gone that it was not told of,
   * the one up to which it was told.
   */
  get toldModseq(): number {
    return this.hasExpunged() ? this.lowestToldModseq : Math.max(1, this.index.highestModseq);
  }

  /** The same for a client that does not hear of all changes. */
  get lowestToldModseq(): number {
    return Math.max(1, Math.min(this.flagsModseq, this.numbersModseq));
  }

  /** Where the message at a position of the view stands in `index` now; -1 when it was expunged. Valid until the next `await`. */
  indexPosition(position: number): number {
    const uid = this.uidAt(position);
    return position < this.index.length && this.index.uids[position] === uid ? position : this.index.find(uid);
  }

  /** Positions of messages that came or changed after this modseq and are still there, ascending. Takes as long as there are such, mostly. */
  changedSince(modseq: number): number[] {
    const { index } = this;
    const isChanged = (position: number): boolean => {
      const at = this.indexPosition(position);
      return at >= 0 && (index.modseqs[at] ?? 0) > modseq;
    };
    const positions: number[] = [];
    const uids = index.changedSince(modseq);
    if (uids === undefined) {
      for (let position = 0; position < this.length; position++) if (isChanged(position)) positions.push(position);
      return positions;
    }
    for (const uid of uids) {
      const position = this.find(uid);
      if (position >= 0 && isChanged(position)) positions.push(position);
    }
    return positions;
  }

  /**
   * The messages that a set of message numbers names.
   * @throws Bad UIDREQUIRED after ENABLE UIDONLY (RFC 9586). @throws Bad for a number without a message (RFC 9051 section 9, seq-number); in an empty mailbox sets with `*` name nothing.
   */
  resolveNumbers(set: SequenceSet): PositionRanges {
    if (set.kind === 'saved') return this.positionsOf(this.saved);
    if (this.uidOnly) throw new Bad('message numbers are not used here', 'UIDREQUIRED');
    const ranges = normalizeRanges(set.ranges, this.length);
    const largest = ranges.at(-1)?.[1] ?? 0;
    if (this.length === 0 && set.ranges.every((range) => range.includes(Infinity))) return [];
    if (largest > this.length || (ranges[0]?.[0] ?? 1) < 1) throw new Bad('no such message number');
    return ranges.map(([first, last]) => [first - 1, last - 1]);
  }

  /** The same for searches, where a number without a message is no error (RFC 7377 section 2). @throws Bad UIDREQUIRED */
  findNumbers(set: SequenceSet): PositionRanges {
    if (set.kind === 'saved') return this.positionsOf(this.saved);
    if (this.uidOnly) throw new Bad('message numbers are not used here', 'UIDREQUIRED');
    return normalizeRanges(set.ranges, this.length)
      .map(([first, last]) => [Math.max(first, 1) - 1, Math.min(last, this.length) - 1] as const)
      .filter(([first, last]) => first <= last);
  }

  /** The known messages that a set of uids names; uids without a message are passed over (RFC 9051 section 6.4.9). */
  resolveUids(set: SequenceSet): PositionRanges {
    if (set.kind === 'saved') return this.positionsOf(this.saved);
    if (this.length === 0) return [];
    const positions: [number, number][] = [];
    for (const [first, last] of normalizeRanges(set.ranges, this.uidAt(this.length - 1))) {
      const from = this.lowerBound(first);
      const to = this.lowerBound(last + 1) - 1;
      if (from > to) continue;
      const previous = positions.at(-1);
      if (previous !== undefined && previous[1] + 1 === from) previous[1] = to;
      else positions.push([from, to]);
    }
    return positions;
  }

  /** The positions of those of these uids (ascending) that the client knows. */
  positionsOf(uids: Uint32Array): PositionRanges {
    const positions: [number, number][] = [];
    for (const uid of uids) {
      const position = this.find(uid);
      if (position < 0) continue;
      const previous = positions.at(-1);
      if (previous !== undefined && previous[1] + 1 === position) previous[1] = position;
      else positions.push([position, position]);
    }
    return positions;
  }

  /** The same messages as ranges of uids, for the store. Between the ends of a range lie only messages of the range, and expunged ones that the client no longer knows. */
  uidRanges(positions: PositionRanges): UidRanges {
    return positions.map(([first, last]) => [this.uidAt(first), this.uidAt(last)] as const);
  }

  /** A write of this session whose flag changes the client knows already (or asked not to hear of): modseq of the write. */
  ignore(modseq: number): void {
    this.silent ??= new Set();
    // Only a client that hears of no flags comes here; at worst it will be told what it did itself.
    if (this.silent.size >= maxSilent) this.silent.clear();
    this.silent.add(modseq);
  }

  ignores(modseq: number): boolean {
    return this.silent !== undefined && this.silent.has(modseq);
  }

  /** All flag changes up to this modseq were told. */
  flagsTold(upTo: number): void {
    this.flagsModseq = upTo;
    if (this.silent === undefined) return;
    for (const modseq of this.silent) if (modseq <= upTo) this.silent.delete(modseq);
    if (this.silent.size === 0) this.silent = undefined;
  }

  /** The client was told everything: it knows what the index knows. */
  adopt(): void {
    this.numbersModseq = this.index.highestModseq;
    this.uids = this.index.uids;
    this.length = this.index.length;
  }
}
