/** The part of the store that keeps what goes out; `src/queue/` is what uses it. */
import type { AccountId, QueueId } from '../ids.ts';
import type { MessageReader } from '../message-reader.ts';
import type { EntryReport } from '../operations/queue/add-entry-report.ts';
import type { ClaimRequest } from '../operations/queue/claim-outgoing.ts';
import type { EditOutgoing, OutgoingEdited } from '../operations/queue/edit-outgoing.ts';
import type { QueueRulesEdit } from '../operations/queue/edit-queue-rules.ts';
import type { SettleRequest } from '../operations/queue/settle-outgoing.ts';
import type { SweepHistory } from '../operations/queue/sweep-history.ts';
import type { Spool, SpoolLimits } from '../spool.ts';
import type {
  EnqueuedEntry,
  EnqueueLease,
  FiledEnd,
  HoldRule,
  NewOutgoing,
  OutgoingDestination,
  OutgoingFilter,
  OutgoingRow,
  PausedDestination,
  Sent,
  Suppression,
} from './outgoing-row.ts';
import type { PathOwner, RetiredFilter, RetiredPlace, RetiredRow } from './retired-row.ts';

export interface Settlement extends Omit<SettleRequest, 'messages'> {
  readonly messages: readonly NewOutgoing[];
}

export interface OutgoingStore {
  newSpool(limits: SpoolLimits): Spool;
  /**
   * Messages with all their entries in one commit; takes the octets over. `filed`: a history is kept of those that are served
   * by it. @throws StorageFull
   */
  enqueue(messages: readonly NewOutgoing[], lease?: EnqueueLease, filed?: FiledEnd): Promise<readonly EnqueuedEntry[]>;
  /** Entries for this owner alone until the lease ends. */
  claim(request: ClaimRequest): Promise<readonly OutgoingRow[]>;
  renew(request: {
    readonly owner: string;
    readonly ids: readonly QueueId[];
    readonly leaseUntilMs: number;
  }): Promise<true>;
  /** Keeps how tries ended together with the notifications that come of it. A message goes with its last entry. */
  settle(settlement: Settlement): Promise<readonly QueueId[]>;
  edit(edit: EditOutgoing): Promise<OutgoingEdited>;
  editRules(edit: QueueRulesEdit): Promise<number>;

  list(
    filter: OutgoingFilter,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly OutgoingRow[]>;
  count(filter: OutgoingFilter): Promise<number>;
  /** What has left the queue, the newest first. */
  history(
    filter: RetiredFilter,
    page: { readonly before?: RetiredPlace | undefined; readonly limit: number },
  ): Promise<readonly RetiredRow[]>;
  /** Removes the oldest of what ended before a moment, at most so many; how many went. */
  sweepHistory(request: SweepHistory): Promise<number>;
  /** Notes what others tell of an entry. False: it is not there, or enough was told. */
  addReport(report: EntryReport): Promise<boolean>;
  /** The entry, waiting or gone, whose own return path this is. */
  pathOwner(returnPath: string): Promise<PathOwner | undefined>;
  destinations(page: { readonly after: string; readonly limit: number }): Promise<readonly OutgoingDestination[]>;
  nextDue(domain: string): Promise<number | undefined>;
  holdRules(): Promise<readonly HoldRule[]>;
  paused(): Promise<readonly PausedDestination[]>;
  suppressions(accountId: AccountId): Promise<readonly Suppression[]>;
  /** Why an account does not send to an address. */
  suppressed(accountId: AccountId, address: string, nowMs: number): Promise<string | undefined>;
  /** What an account sent in the last 24 hours and the one begun, and how many of these recipients are new to it. */
  sent(accountId: AccountId, keys: readonly number[], nowMs: number): Promise<Sent>;
  /** Prefix and octets; undefined when the message is gone. */
  open(messageId: number): Promise<MessageReader | undefined>;
}
