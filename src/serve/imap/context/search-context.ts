import type { FetchItem } from '../../../wire/imap/fetch-item.ts';
import type { MailboxIndex } from '../../../store/mailbox-index.ts';
import type { SearchKey } from '../../../wire/imap/search-key.ts';
import type { SortCriterion } from '../../../wire/imap/sort-key.ts';
import type { AgeSchedule } from './age-schedule.ts';

/** Contexts of one session. RFC 5267 section 4.3.1 wants one at least. */
const maxContexts = 20;
/** Results of a sorted context: finding the places of new ones costs more the more there are. */
const maxSorted = 100_000;

/** A search whose results the client keeps, with what it was told of them. RFC 5267 section 4.3. */
export interface SearchContext {
  /** Of the command; each update repeats it. */
  readonly tag: string;
  /** What stands behind the tag in each response of an ESEARCH. */
  readonly correlator?: string;
  readonly byUid: boolean;
  /** Without filters and message numbers, which may mean something else later. */
  readonly key: SearchKey;
  /** Of SORT; undefined: the order of the mailbox. */
  readonly criteria: readonly SortCriterion[] | undefined;
  /** To be fetched of new messages that become results. RFC 5465 section 7. */
  readonly items: readonly FetchItem[];
  /** Uids in the order of the results. */
  members: Uint32Array;
  /** Changes up to here were looked at, of messages up to this uid. */
  checkedModseq: number;
  checkedUid: number;
  /** When time alone changes the results; undefined: never. */
  readonly ages: AgeSchedule | undefined;
}

/** The contexts of a selected mailbox; they end with it. */
export class SearchContexts {
  private readonly byTag = new Map<string, SearchContext>();

  has(tag: string): boolean {
    return this.byTag.has(tag);
  }

  /** False: there are too many, or this one is too much. */
  add(context: SearchContext): boolean {
    const isSorted = context.criteria !== undefined;
    if (this.byTag.size >= maxContexts || (isSorted && context.members.length > maxSorted)) return false;
    // How well a message matches is not kept, so nothing could be put in its place.
    if (context.criteria?.some(({ key }) => key === 'RELEVANCY') === true) return false;
    this.byTag.set(context.tag, context);
    return true;
  }

  remove(tag: string): void {
    this.byTag.delete(tag);
  }

  all(): readonly SearchContext[] {
    return [...this.byTag.values()];
  }

  /** When time changes the results next; `Infinity`: never. */
  get nextSeconds(): number {
    let next = Infinity;
    for (const { ages } of this.byTag.values()) next = Math.min(next, ages?.nextSeconds ?? Infinity);
    return next;
  }

  /** True when something happened that was not looked at, or time passed. */
  areBehind(index: MailboxIndex, nowMs: number): boolean {
    if (this.nextSeconds * 1000 <= nowMs) return true;
    const lastUid = index.length === 0 ? 0 : (index.uids[index.length - 1] ?? 0);
    for (const { checkedModseq, checkedUid } of this.byTag.values()) {
      if (index.highestModseq > checkedModseq || lastUid > checkedUid) return true;
    }
    return false;
  }
}
