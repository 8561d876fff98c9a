import type { BlobStore } from '../blob-store.ts';
import type { Engine } from '../engine.ts';
import { FileSpool } from '../file-spool.ts';
import type { AccountId } from '../ids.ts';
import { openOutgoing } from '../open-message.ts';
import type { EditOutgoing } from '../operations/queue/edit-outgoing.ts';
import type { QueueRulesEdit } from '../operations/queue/edit-queue-rules.ts';
import type { SpoolLimits } from '../spool.ts';
import {
  countOutgoing,
  listOutgoing,
  readDestinations,
  readHoldRules,
  readNextDue,
  readPaused,
  readSent,
  readSuppression,
  readSuppressions,
} from './outgoing-reads.ts';
import type { EnqueueLease, FiledEnd, NewOutgoing, OutgoingFilter } from './outgoing-row.ts';
import type { OutgoingStore, Settlement } from './outgoing-store.ts';
import { readPathOwner, readRetiredSlice, type RetiredSlice } from './retired-reads.ts';
import type { RetiredFilter, RetiredPlace, RetiredRow } from './retired-row.ts';

/** Behind all that is there. */
const end: RetiredPlace = { endedAtMs: Number.MAX_SAFE_INTEGER, id: Number.MAX_SAFE_INTEGER };

/** `OutgoingStore` on either engine. */
export class EngineOutgoing implements OutgoingStore {
  readonly #engine: Engine;
  readonly #blobs: BlobStore;
  readonly #spoolDir: string;

  constructor(engine: Engine, blobs: BlobStore, spoolDir: string) {
    this.#engine = engine;
    this.#blobs = blobs;
    this.#spoolDir = spoolDir;
  }

  newSpool(limits: SpoolLimits): FileSpool {
    return new FileSpool(this.#spoolDir, limits);
  }

  enqueue(messages: readonly NewOutgoing[], lease?: EnqueueLease, filed?: FiledEnd) {
    return this.#engine.write('enqueueOutgoing', { messages, lease, filed });
  }

  claim(request: Parameters<OutgoingStore['claim']>[0]) {
    return this.#engine.write('claimOutgoing', request);
  }

  renew(request: Parameters<OutgoingStore['renew']>[0]) {
    return this.#engine.write('renewOutgoing', request);
  }

  settle(settlement: Settlement) {
    return this.#engine.write('settleOutgoing', settlement);
  }

  edit(edit: EditOutgoing) {
    return this.#engine.write('editOutgoing', edit);
  }

  editRules(edit: QueueRulesEdit) {
    return this.#engine.write('editQueueRules', { edit });
  }

  list(filter: OutgoingFilter, { after, limit }: { readonly after: number; readonly limit: number }) {
    return this.#engine.read(listOutgoing(filter, after, limit));
  }

  count(filter: OutgoingFilter) {
    return this.#engine.read(countOutgoing(filter));
  }

  async history(filter: RetiredFilter, page: { readonly before?: RetiredPlace | undefined; readonly limit: number }) {
    const rows: RetiredRow[] = [];
    let before: RetiredPlace | undefined = page.before ?? end;
    while (before !== undefined && rows.length < page.limit && before.endedAtMs >= (filter.endedAfterMs ?? 0)) {
      const slice: RetiredSlice = await this.#engine.read(readRetiredSlice(filter, before, page.limit - rows.length));
      rows.push(...slice.rows);
      before = slice.next;
      // A read answers at once on SQLite: others get their turn in between.
      await new Promise(setImmediate);
    }
    return rows;
  }

  sweepHistory(request: Parameters<OutgoingStore['sweepHistory']>[0]) {
    return this.#engine.write('sweepHistory', request);
  }

  addReport(report: Parameters<OutgoingStore['addReport']>[0]) {
    return this.#engine.write('addEntryReport', report);
  }

  pathOwner(returnPath: string) {
    return this.#engine.read(readPathOwner(returnPath));
  }

  destinations({ after, limit }: { readonly after: string; readonly limit: number }) {
    return this.#engine.read(readDestinations(after, limit));
  }

  nextDue(domain: string) {
    return this.#engine.read(readNextDue(domain));
  }

  holdRules() {
    return this.#engine.read(readHoldRules());
  }

  paused() {
    return this.#engine.read(readPaused());
  }

  suppressions(accountId: AccountId) {
    return this.#engine.read(readSuppressions(accountId));
  }

  suppressed(accountId: AccountId, address: string, nowMs: number) {
    return this.#engine.read(readSuppression(accountId, address, nowMs));
  }

  sent(accountId: AccountId, keys: readonly number[], nowMs: number) {
    return this.#engine.read(readSent(accountId, keys, nowMs));
  }

  open(messageId: number) {
    return openOutgoing(this.#engine, this.#blobs, messageId);
  }
}
