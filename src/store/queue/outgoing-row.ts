import type { AccountId, QueueId } from '../ids.ts';
import type { HistoryWish } from './retired-row.ts';
import type { Spooled } from '../spool.ts';
import type { AppendTarget } from '../append-target.ts';

/** A message for the queue, with its recipients. */
export interface NewOutgoing {
  readonly message: Spooled;
  readonly outgoing: OutgoingEnvelope;
  /** Copies for accounts of this store, which entries name by their places. */
  readonly targets?: readonly AppendTarget[];
}

export interface OutgoingEnvelope {
  /** Undefined: the server itself. */
  readonly accountId: AccountId | undefined;
  /** Header fields in front of the octets, one character an octet. */
  readonly prefix: string;
  readonly fromDomain: string;
  readonly queuedAtMs: number;
  /** What the Message-ID is found by, see `messageKey`; undefined: it has none. */
  readonly messageKey: number | undefined;
  /** JSON that `src/queue/` understands. */
  readonly facts: string;
  readonly entries: readonly NewEntry[];
  /** The recipients count for the limits of the account. */
  readonly counts: boolean;
}

export interface NewEntry {
  readonly returnPath: string;
  readonly recipient: string;
  readonly domain: string;
  readonly dueAtMs: number;
  readonly expiresAtMs: number;
  readonly facts: string;
  /** Nobody else has its return path: what comes back there is about this entry. */
  readonly ownReturnPath?: boolean | undefined;
  /** What the recipient is known by for the limits, see `recipientKey`. */
  readonly key: number;
  /** Its first try begins with the commit, when it is not held: see `EnqueueLease`. */
  readonly claim?: boolean;
  /**
   * Places in `targets`: unless a rule holds the entry, the commit files these copies. When one of them was filed, or none
   * is needed, the recipient has been served and there is no entry; otherwise it goes into the queue as always.
   */
  readonly copies?: readonly number[];
}

/** For entries that somebody tries as soon as they are there: claimed in the commit that puts them in. */
export interface EnqueueLease {
  readonly owner: string;
  readonly leaseUntilMs: number;
  /** From the first try to the second. */
  readonly retryAfterMs: number;
}

export type EnqueuedEntry =
  | { readonly kind: 'queued'; readonly id: QueueId; readonly messageId: number; readonly isClaimed: boolean }
  /** Its copies are where they belong; nothing is left to do. `id`: in the history, where one is kept. */
  | { readonly kind: 'filed'; readonly id: QueueId | undefined };

/** What the history says of entries that the commit serves which takes them. */
export interface FiledEnd {
  readonly history: HistoryWish;
  readonly story: string;
  readonly ending: string;
}

/** One entry with what its message says. */
export interface OutgoingRow {
  readonly id: QueueId;
  readonly messageId: number;
  readonly accountId: AccountId | undefined;
  readonly sizeBytes: number;
  readonly queuedAtMs: number;
  readonly fromDomain: string;
  readonly messageFacts: string;
  readonly domain: string;
  readonly returnPath: string;
  readonly recipient: string;
  readonly dueAtMs: number;
  /** Tries begun; of a claimed entry without the one it was claimed for. */
  readonly attempts: number;
  readonly expiresAtMs: number;
  readonly isHeld: boolean;
  /** Somebody tries it until then; in the past: nobody does. */
  readonly leaseUntilMs: number;
  readonly delayTold: boolean;
  readonly facts: string;
  readonly story: string;
}

/** Which entries; all that is given must fit. */
export interface OutgoingFilter {
  readonly ids?: readonly QueueId[];
  readonly accountId?: AccountId;
  /** The whole return path, or `@domain`. */
  readonly from?: string;
  /** The whole recipient, or `@domain`. */
  readonly to?: string;
  readonly held?: boolean;
  readonly queuedBeforeMs?: number;
  readonly dueBeforeMs?: number;
  readonly messageKey?: number;
}

/** What a claim looks for. */
export type OutgoingWant =
  /** Due entries to a destination, whose try begins now. */
  | { readonly domain: string; readonly limit: number }
  /** Those past their time, to be given up. */
  | { readonly expired: number }
  /** These, for somebody who wants to end them. */
  | { readonly ids: readonly QueueId[] };

/** A destination that has entries which are not held. */
export interface OutgoingDestination {
  readonly domain: string;
  readonly dueAtMs: number;
}

/** All fields that are given must fit; without any it fits everything. */
export interface HoldRule {
  readonly id: number;
  readonly accountId: AccountId | undefined;
  readonly fromDomain: string | undefined;
  readonly domain: string | undefined;
}

export interface PausedDestination {
  readonly domain: string;
  readonly reason: string;
  readonly createdAtMs: number;
}

export interface Suppression {
  readonly accountId: AccountId;
  /** As `src/queue/suppression.ts` makes it. */
  readonly address: string;
  readonly reason: string;
  readonly createdAtMs: number;
  /** Undefined: for ever. */
  readonly expiresAtMs: number | undefined;
}

/** What an account sent lately. */
export interface Sent {
  readonly recipients: number;
  readonly firstTime: number;
  /** Of the keys asked about, those it never sent to. */
  readonly unknown: number;
}
