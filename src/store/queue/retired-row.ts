import { hash48 } from '../hash48.ts';
import type { AccountId, QueueId } from '../ids.ts';
import type { RecipientLesson } from './recipient-lesson.ts';

/**
 * How an entry left the queue. `failed`: refused for good; `expired`: its time was over; `given-up`, `dropped`: by an
 * administrator, with and without a word to its sender; `suppressed`: not tried, the account does not send there.
 */
export type RetiredResult = 'delivered' | 'failed' | 'expired' | 'given-up' | 'suppressed' | 'dropped';

export const retiredResults: readonly RetiredResult[] = [
  'delivered',
  'failed',
  'expired',
  'given-up',
  'suppressed',
  'dropped',
];

/** The end of one entry. */
export interface EntryEnd {
  readonly id: QueueId;
  readonly result: RetiredResult;
  /** All tries with the last; undefined: as the entry has them. */
  readonly story: string | undefined;
  /** JSON that `src/queue/` understands. */
  readonly ending: string;
  /** What is learnt of the recipient. */
  readonly lesson?: RecipientLesson | undefined;
}

/** What leaves the queue is kept, as of this moment. */
export interface HistoryWish {
  readonly endedAtMs: number;
}

/** An entry that has left the queue. */
export interface RetiredRow {
  readonly id: QueueId;
  readonly messageId: number;
  readonly accountId: AccountId | undefined;
  readonly sizeBytes: number;
  readonly queuedAtMs: number;
  readonly endedAtMs: number;
  readonly fromDomain: string;
  readonly messageFacts: string;
  readonly domain: string;
  readonly returnPath: string;
  readonly recipient: string;
  readonly attempts: number;
  readonly result: RetiredResult;
  readonly facts: string;
  readonly story: string;
  readonly ending: string;
  /** What others told of it since, a line of JSON each. */
  readonly reports: string;
}

/** An entry that has a return path of its own. */
export interface PathOwner {
  readonly id: QueueId;
  readonly accountId: AccountId | undefined;
  readonly recipient: string;
  readonly reports: string;
}

/** Which of them; all that is given must fit. */
export interface RetiredFilter {
  readonly ids?: readonly QueueId[];
  readonly accountId?: AccountId;
  /** The whole return path, or `@domain`. */
  readonly from?: string;
  /** The whole recipient, or `@domain`. */
  readonly to?: string;
  readonly results?: readonly RetiredResult[];
  readonly endedAfterMs?: number;
  readonly messageKey?: number;
}

/** A place in the history, which is read from its end backwards. */
export interface RetiredPlace {
  readonly endedAtMs: number;
  readonly id: number;
}

/** What a return path that is an entry's own is found by; the spelling of an address may change on its way back. */
export function pathKey(returnPath: string): number {
  return hash48(returnPath.toLowerCase());
}

/** What a Message-ID is found by; undefined for none. */
export function messageKey(headerMessageId: string): number | undefined {
  const id = headerMessageId.trim();
  return id === '' ? undefined : hash48(id);
}
