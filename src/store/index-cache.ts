import type { Delta } from './delta.ts';
import type { Engine } from './engine.ts';
import type { AccountId, MailboxId, ModSeq } from './ids.ts';
import { LiveIndex } from './live-index.ts';
import { first, query, type Operation, type SqlRow } from './sql/statement.ts';

/** Entries read in one go while an index is loaded; other sessions have their turn between two. */
const rowsPerRead = 4000;
/** Entries of indexes that no session uses, kept for the next SELECT (24 octets each). */
const idleEntries = 500_000;

interface Loading {
  readonly promise: Promise<LiveIndex | undefined>;
  /** What was committed while the rows are being read. */
  readonly deltas: Delta[];
}

/** The indexes of open mailboxes, one each however many sessions, and some that were open lately. */
export class IndexCache {
  readonly #engine: Engine;
  /** In order of last use. */
  readonly #indexes = new Map<MailboxId, LiveIndex>();
  readonly #loading = new Map<MailboxId, Loading>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async open(accountId: AccountId, mailboxId: MailboxId): Promise<LiveIndex | undefined> {
    let index = this.#indexes.get(mailboxId);
    if (index === undefined) {
      let loading = this.#loading.get(mailboxId);
      if (loading === undefined) {
        const deltas: Delta[] = [];
        loading = { deltas, promise: this.#load(accountId, mailboxId, deltas) };
        this.#loading.set(mailboxId, loading);
      }
      index = await loading.promise;
    }
    if (index === undefined || index.gone) return undefined;
    index.users += 1;
    this.#indexes.delete(mailboxId);
    this.#indexes.set(mailboxId, index);
    return index;
  }

  apply(delta: Delta): void {
    if (!('mailboxId' in delta) || delta.mailboxId === undefined) return;
    this.#indexes.get(delta.mailboxId)?.apply(delta);
    this.#loading.get(delta.mailboxId)?.deltas.push(delta);
    if (delta.kind === 'mailbox' && delta.what === 'deleted') this.#indexes.delete(delta.mailboxId);
  }

  async #load(accountId: AccountId, mailboxId: MailboxId, deltas: Delta[]): Promise<LiveIndex | undefined> {
    try {
      const start = await this.#engine.read(
        first('SELECT highest_modseq FROM mailbox WHERE id = ? AND account_id = ?', mailboxId, accountId),
      );
      if (start === undefined) return undefined;
      const index = new LiveIndex(mailboxId, Number(start[0]) as ModSeq);
      let after = 0;
      for (;;) {
        const rows: readonly SqlRow[] = await this.#engine.read(readRows(mailboxId, after));
        index.load(rows);
        if (rows.length < rowsPerRead) break;
        after = Number(rows.at(-1)?.[0]);
        await new Promise(setImmediate);
      }
      for (const delta of deltas) index.apply(delta);
      index.onRelease = () => this.#shrink();
      this.#indexes.set(mailboxId, index);
      return index;
    } finally {
      this.#loading.delete(mailboxId);
    }
  }

  /** Forgets indexes that nobody uses, the longest unused first, until the rest is small enough. */
  #shrink(): void {
    let idle = 0;
    for (const index of this.#indexes.values()) if (index.users === 0) idle += index.length + 100;
    for (const [id, index] of this.#indexes) {
      if (idle <= idleEntries) return;
      if (index.users > 0) continue;
      this.#indexes.delete(id);
      idle -= index.length + 100;
    }
  }
}

function readRows(mailboxId: MailboxId, after: number): Operation<readonly SqlRow[]> {
  return query(
    'SELECT uid, email_id, flags, keywords, modseq FROM entry WHERE mailbox_id = ? AND uid > ? ORDER BY uid LIMIT ?',
    ...[mailboxId, after, rowsPerRead],
  );
}
