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
  readonly accountId: AccountId;
  readonly promise: Promise<LiveIndex | undefined>;
  /** What was committed while the rows are being read. */
  readonly deltas: Delta[];
}

/** The indexes of open mailboxes, one each however many sessions, and some that were open lately. */
export class IndexCache {
  readonly #engine: Engine;
  /** In order of last use. The account of each is followed. */
  readonly #indexes = new Map<MailboxId, LiveIndex>();
  readonly #accounts = new Map<MailboxId, AccountId>();
  readonly #loading = new Map<MailboxId, Loading>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async open(accountId: AccountId, mailboxId: MailboxId): Promise<LiveIndex | undefined> {
    let index = this.#indexes.get(mailboxId);
    // One that was forgotten before we could use it is not kept true any more.
    while (index === undefined || this.#indexes.get(mailboxId) !== index) {
      let loading = this.#loading.get(mailboxId);
      if (loading === undefined) {
        const deltas: Delta[] = [];
        loading = { accountId, deltas, promise: this.#load(accountId, mailboxId, deltas) };
        this.#loading.set(mailboxId, loading);
      }
      index = await loading.promise;
      if (index === undefined || index.gone) return undefined;
    }
    index.users += 1;
    this.#indexes.delete(mailboxId);
    this.#indexes.set(mailboxId, index);
    return index;
  }

  apply(delta: Delta): void {
    if (delta.kind === 'account-removed') this.#drop(delta);
    if (!('mailboxId' in delta) || delta.mailboxId === undefined) return;
    this.#indexes.get(delta.mailboxId)?.apply(delta);
    this.#loading.get(delta.mailboxId)?.deltas.push(delta);
    if (delta.kind === 'mailbox' && delta.what === 'deleted') this.#forget(delta.mailboxId);
  }

  /** The mailboxes of the account are gone, or what happened in them is not known. */
  #drop(removed: Extract<Delta, { kind: 'account-removed' }>): void {
    for (const { accountId, deltas } of this.#loading.values()) {
      if (accountId === removed.accountId) deltas.push(removed);
    }
    for (const [mailboxId, accountId] of this.#accounts) {
      if (accountId !== removed.accountId) continue;
      this.#indexes.get(mailboxId)?.apply(removed);
      this.#forget(mailboxId);
    }
  }

  #forget(mailboxId: MailboxId): void {
    const accountId = this.#accounts.get(mailboxId);
    this.#indexes.delete(mailboxId);
    this.#accounts.delete(mailboxId);
    if (accountId !== undefined) this.#engine.unfollow(accountId);
  }

  async #load(accountId: AccountId, mailboxId: MailboxId, deltas: Delta[]): Promise<LiveIndex | undefined> {
    this.#engine.follow(accountId);
    let index: LiveIndex | undefined;
    try {
      await this.#engine.following(accountId);
      index = await this.#read(accountId, mailboxId);
      for (const delta of deltas) index?.apply(delta);
      if (index === undefined || index.gone) return undefined;
      index.onRelease = () => this.#shrink();
      this.#indexes.set(mailboxId, index);
      this.#accounts.set(mailboxId, accountId);
      return index;
    } finally {
      this.#loading.delete(mailboxId);
      if (index === undefined || index.gone) this.#engine.unfollow(accountId);
    }
  }

  async #read(accountId: AccountId, mailboxId: MailboxId): Promise<LiveIndex | undefined> {
    const start = await this.#engine.read(readStart(accountId, mailboxId));
    if (start === undefined) return undefined;
    const index = new LiveIndex(mailboxId, start.highestModseq);
    for (let { rows } = start; ; rows = await this.#engine.read(readRows(mailboxId, Number(rows.at(-1)?.[0])))) {
      index.load(rows);
      if (rows.length < rowsPerRead) return index;
      await new Promise(setImmediate);
    }
  }

  /** Forgets indexes that nobody uses, the longest unused first, until the rest is small enough. */
  #shrink(): void {
    let idle = 0;
    for (const index of this.#indexes.values()) if (index.users === 0) idle += index.length + 100;
    for (const [id, index] of this.#indexes) {
      if (idle <= idleEntries) return;
      if (index.users > 0) continue;
      this.#forget(id);
      idle -= index.length + 100;
    }
  }
}

/** The first rows with the modseq that goes with them. Rows of later reads may be newer than it, which is harmless: deltas bring what lies between. */
function* readStart(
  accountId: AccountId,
  mailboxId: MailboxId,
): Operation<{ readonly highestModseq: ModSeq; readonly rows: readonly SqlRow[] } | undefined> {
  const row = yield* first(
    'SELECT highest_modseq FROM mailbox WHERE id = ? AND account_id = ?',
    ...[mailboxId, accountId],
  );
  if (row === undefined) return undefined;
  return { highestModseq: Number(row[0]) as ModSeq, rows: yield* readRows(mailboxId, 0) };
}

function readRows(mailboxId: MailboxId, after: number): Operation<readonly SqlRow[]> {
  return query(
    'SELECT uid, email_id, flags, keywords, modseq FROM entry WHERE mailbox_id = ? AND uid > ? ORDER BY uid LIMIT ?',
    ...[mailboxId, after, rowsPerRead],
  );
}
