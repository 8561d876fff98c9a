import type { AccountId, ModSeq } from '../ids.ts';
import { recordsPerRead, type LoggedChange } from './change-log.ts';
import { tryParseChange, type AccountChange } from './change-record.ts';

/** What a feed needs of its surroundings. */
export interface FeedSource {
  /** This process, as the log names it. */
  readonly process: string;
  /** Undefined: there is no such account. */
  readModseq(accountId: AccountId): Promise<number | undefined>;
  readChanges(accountId: AccountId, after: number): Promise<readonly LoggedChange[]>;
  /** Told of each change once, in order. Must not throw. */
  deliver(change: AccountChange): void;
  /** Changes cannot be read now; they come later. */
  failed(accountId: AccountId, error: unknown): void;
}

interface Waiter {
  readonly modseq: number;
  resolve(): void;
}

/**
 * One account's changes in the order of modseqs, out of own commits and what other processes announce. Modseqs are
 * strictly sequential, since every write holds the account's row until it is committed, and every modseq is in the log:
 * so what does not continue the sequence shows that something was missed, and the log has it.
 */
export class AccountFeed {
  readonly #accountId: AccountId;
  readonly #source: FeedSource;
  /** Where it began. Undefined: not yet known. */
  #start: number | undefined;
  /** All up to here was delivered. */
  #last = 0;
  /** The highest modseq that is known to be committed. */
  #known = 0;
  #ended = false;
  /** Own changes made while it begins: whoever watches already must hear of them. */
  #early: AccountChange[] = [];
  #starting: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  #waiters: Waiter[] = [];

  constructor(accountId: AccountId, source: FeedSource) {
    this.#accountId = accountId;
    this.#source = source;
  }

  /** How far it is; undefined before it began. */
  get position(): number | undefined {
    return this.#start === undefined ? undefined : this.#last;
  }

  /** Undefined when it has begun. Rejects when the database cannot be read; asking again tries again. */
  begin(): Promise<void> | undefined {
    if (this.#start !== undefined) return undefined;
    this.#starting ??= this.#begin().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** A change that was committed by this process. Resolves when it was delivered. */
  own(change: AccountChange): Promise<void> | undefined {
    if (this.#ended) return undefined;
    if (this.#start === undefined) {
      this.#early.push(change);
      return this.begin()?.then(
        () => this.#reached(change.modseq),
        () => undefined,
      );
    }
    if (change.modseq <= this.#start) {
      // Committed while it began, so it was not delivered from the log, but whoever asked for it waits to hear of it.
      this.#source.deliver(change);
      return undefined;
    }
    this.#offer(change);
    return this.#reached(change.modseq);
  }

  /** A change that another process announced; `change` undefined: too large to be told. */
  remote(modseq: number, change: AccountChange | undefined): void {
    if (change === undefined || this.#start === undefined) this.know(modseq);
    else this.#offer(change);
  }

  /** The account is at least at this modseq. */
  know(modseq: number): void {
    if (modseq > this.#known) this.#known = modseq;
    this.#catchUp();
  }

  /** There is no such account any more: what the log still has is delivered, then the end. */
  accountGone(): void {
    this.know(this.#last + 1);
  }

  /** Nobody is interested any more. */
  stop(): void {
    this.#ended = true;
    this.#release(() => true);
  }

  #offer(change: AccountChange): void {
    if (change.modseq === this.#last + 1 && this.#reading === undefined && !this.#ended) this.#deliver(change);
    else this.know(change.modseq);
  }

  #deliver(change: AccountChange): void {
    this.#last = change.modseq;
    if (change.deltas.some((delta) => delta.kind === 'account-removed')) this.#ended = true;
    this.#source.deliver(change);
    if (this.#waiters.length > 0) this.#release((waiter) => waiter.modseq <= this.#last || this.#ended);
  }

  #reached(modseq: number): Promise<void> | undefined {
    if (this.#last >= modseq || this.#ended) return undefined;
    return new Promise((resolve) => this.#waiters.push({ modseq, resolve }));
  }

  #release(which: (waiter: Waiter) => boolean): void {
    const released = this.#waiters.filter(which);
    this.#waiters = this.#waiters.filter((waiter) => !which(waiter));
    for (const waiter of released) waiter.resolve();
  }

  async #begin(): Promise<void> {
    const modseq = await this.#source.readModseq(this.#accountId);
    if (this.#ended) return;
    const early = this.#early.toSorted((a, b) => a.modseq - b.modseq);
    this.#early = [];
    this.#start = modseq ?? 0;
    this.#last = this.#start;
    for (const change of early) {
      if (change.modseq <= this.#start) this.#source.deliver(change);
      else this.#offer(change);
    }
    if (modseq === undefined) this.#deliverRemoved();
    else this.#catchUp();
  }

  #catchUp(): void {
    if (this.#start === undefined || this.#ended || this.#known <= this.#last) return;
    this.#reading ??= this.#readMissed()
      .catch((error: unknown) => {
        // What was committed is answered; the next change, or the next look at the account, tries again.
        this.#known = this.#last;
        this.#release(() => true);
        this.#source.failed(this.#accountId, error);
      })
      .finally(() => {
        this.#reading = undefined;
        this.#catchUp();
      });
  }

  async #readMissed(): Promise<void> {
    while (this.#known > this.#last && !this.#ended) {
      const known = this.#known;
      const logged = await this.#source.readChanges(this.#accountId, this.#last);
      for (const { modseq, process, record } of logged) {
        if (this.#ended) return;
        if (modseq !== this.#last + 1) return this.#lost();
        const change = tryParseChange(record);
        if (change === undefined) return this.#lost();
        this.#deliver(process === this.#source.process ? change : { ...change, origin: undefined });
      }
      if (this.#ended) return;
      // What was known to be committed before we read is in the log, unless it is too long ago.
      if (logged.length < recordsPerRead && this.#last < known) return this.#lost();
    }
  }

  /** What happened cannot be told any more: sessions end, and whoever comes later begins anew. */
  #lost(): void {
    this.#deliverRemoved();
    this.#ended = false;
    this.#start = undefined;
    this.#known = 0;
    this.begin()?.catch((error: unknown) => this.#source.failed(this.#accountId, error));
  }

  #deliverRemoved(): void {
    const modseq = (this.#last + 1) as ModSeq;
    const accountId = this.#accountId;
    this.#deliver({
      accountId,
      modseq,
      origin: undefined,
      deltas: [{ kind: 'account-removed', accountId, modseq }],
    });
  }
}
