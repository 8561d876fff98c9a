import type { ReportSigner } from './dsn/report-signer.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { EnqueueLease, OutgoingWant } from '../store/queue/outgoing-row.ts';
import type { OutgoingStore } from '../store/queue/outgoing-store.ts';
import { chooseTransport, localTransport } from './choose-transport.ts';
import type { Batch, Courier, LocalCourier } from './courier.ts';
import { Delivery } from './delivery.ts';
import { Destination } from './destination.ts';
import { DueList } from './due-list.ts';
import { groupBatches } from './group-batches.ts';
import { limitsOfDestination, type QueueSettings } from './queue-settings.ts';
import { OctetsAtHand } from './octets-at-hand.ts';
import type { QueueEntry, QueueId } from './queued.ts';
import { toEntry } from './rows.ts';
import { waitsOf } from './schedule.ts';
import { Settler } from './settler.ts';

export interface RunnerServices {
  readonly store: OutgoingStore;
  readonly settings: QueueSettings;
  /** Into our own accounts. */
  readonly local: LocalCourier;
  /** To everybody else. */
  readonly remote: Courier;
  readonly isLocal: (domain: string) => boolean;
  /** Signs notifications; without it they leave unsigned. */
  readonly signer?: ReportSigner | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly owner: string;
}

/** Entries claimed ahead for each free connection: the next one need not wait for a commit. */
const claimedPerSlot = 5;
/** Destinations asked for in one claim. */
const maxWants = 50;
const destinationsPerRead = 500;
/** Of all connections at once, those that destinations in trouble may take. */
const suspectShare = 0.5;
/** Entries past their time are tried at its end; after so much longer they are given up untried. */
const expiryGraceMs = 10 * 60_000;
const expiredPerRead = 100;
const longestTimerMs = 60_000;

/** Finds what is due, claims it, hands it to couriers. All state but the adaptive one is in the store. */
export class Runner {
  readonly #services: RunnerServices;
  readonly #destinations = new Map<string, Destination>();
  readonly #due = new DueList();
  readonly settler: Settler;
  readonly atHand = new OctetsAtHand();
  readonly #stopping = new AbortController();
  /** What this run has claimed. */
  readonly #claimed = new Map<QueueId, QueueEntry>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #paused = new Set<string>();
  /** Destinations in trouble that wait until another one in trouble ends; destinations with claimed entries that wait for room. */
  readonly #held = new Set<Destination>();
  readonly #waiting = new Set<Destination>();
  #suspects = 0;
  /** Connections promised by `reserve`. */
  #reserved = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Infinity;
  #turning: Promise<void> | undefined;
  #turnAgain = false;
  #started = false;
  /** Nothing is tried before: the destination may be paused. */
  #knowsPauses = false;
  #intervals: readonly NodeJS.Timeout[] = [];
  #scanning: Promise<void> | undefined;

  constructor(services: RunnerServices) {
    this.#services = services;
    const { store, clock, log, settings, owner, isLocal } = services;
    const news = (domain: string, dueAtMs: number): void => this.news(domain, dueAtMs);
    this.settler = new Settler({ store, clock, log, settings, owner, isLocal, news });
  }

  /** Transactions under way. */
  get active(): number {
    return this.#underWay.size;
  }

  /** Begins to read what is there, and works until `stop`. */
  start(): void {
    this.#started = true;
    void this.scan();
    const { settings } = this.#services;
    this.#intervals = [
      setInterval(() => void this.scan(), settings.scanEveryMs).unref(),
      setInterval(() => void this.#renew(), settings.leaseMs / 3).unref(),
    ];
  }

  /** Takes nothing new, lets couriers end, and gives back what was not tried. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const interval of this.#intervals) clearInterval(interval);
    clearTimeout(this.#timer);
    await this.#scanning;
    while (this.#turning !== undefined) await this.#turning;
    await Promise.all(this.#underWay);
    await this.#giveBack([...this.#claimed.values()]);
  }

  /**
   * Promises a connection to an entry that is about to be put in, so that it can be claimed in the same commit; `adopt` or
   * `unreserve` must follow. False: none is free, or others wait for it.
   */
  reserve(domain: string): boolean {
    if (!this.#knowsPauses || this.#stopping.signal.aborted || this.#room <= 0) return false;
    const nowMs = this.#services.clock.now();
    const destination = this.#destinationOf(domain);
    if (destination.dueAtMs <= nowMs || destination.isSuspect) return false;
    if (destination.free(nowMs) - destination.ready.length <= 0) return false;
    destination.reserved += 1;
    this.#reserved += 1;
    return true;
  }

  unreserve(domain: string): void {
    const destination = this.#destinationOf(domain);
    destination.reserved -= 1;
    this.#reserved -= 1;
    this.#lookAgain(destination);
  }

  /** Entries of one destination that were claimed as they were put in, with the connection that was reserved. */
  adopt(domain: string, entries: readonly QueueEntry[]): void {
    const destination = this.#destinationOf(domain);
    destination.reserved -= 1;
    this.#reserved -= 1;
    for (const entry of entries) this.#claimed.set(entry.id, entry);
    destination.ready.push(...this.#batchesOf(domain, entries));
    this.#startReady(destination);
    this.#lookAgain(destination);
  }

  /** Whether mail to a domain may be filed without a turn: it is ours, and nothing keeps what goes there back. */
  mayFileAtOnce(domain: string): boolean {
    if (!this.#knowsPauses || this.#stopping.signal.aborted || !this.#services.isLocal(domain)) return false;
    return this.#destinationOf(domain).isOpen(this.#services.clock.now());
  }

  /** What claims in a name other than the runner's own loop need to know. */
  lease(): EnqueueLease {
    const { owner, settings, clock } = this.#services;
    const [retryAfterMs = 0] = waitsOf(settings.schedule);
    return { owner, leaseUntilMs: clock.now() + settings.leaseMs, retryAfterMs };
  }

  /** Entries to a destination are due at that moment. */
  news(domain: string, dueAtMs: number): void {
    if (!this.#started || this.#stopping.signal.aborted) return;
    const destination = this.#destinationOf(domain);
    if (dueAtMs >= destination.dueAtMs) return;
    destination.dueAtMs = dueAtMs;
    this.#due.add(dueAtMs, domain);
    this.#wakeAt(dueAtMs);
  }

  /** Looks at the whole queue: what other processes put there, pauses, and what has grown too old. */
  scan(): Promise<void> {
    if (!this.#started) return Promise.resolve();
    this.#scanning ??= this.#scan()
      .catch((error: unknown) => this.#services.log.error('the queue could not be read; it is tried again', {}, error))
      .finally(() => {
        this.#scanning = undefined;
      });
    return this.#scanning;
  }

  async #scan(): Promise<void> {
    const { store } = this.#services;
    const paused = new Set((await store.paused()).map(({ domain }) => domain));
    for (const domain of new Set([...paused, ...this.#paused])) this.#setPaused(domain, paused.has(domain));
    this.#knowsPauses = true;
    let after = '';
    while (!this.#stopping.signal.aborted) {
      const page = await store.destinations({ after, limit: destinationsPerRead });
      for (const { domain, dueAtMs } of page) this.news(domain, dueAtMs);
      after = page.at(-1)?.domain ?? '';
      if (page.length < destinationsPerRead) break;
      await new Promise(setImmediate);
    }
    this.#forgetIdle();
    await this.#giveUpExpired();
  }

  #setPaused(domain: string, isPaused: boolean): void {
    if (isPaused) this.#paused.add(domain);
    else this.#paused.delete(domain);
    const destination = this.#destinations.get(domain);
    if (destination === undefined || destination.isPaused === isPaused) return;
    destination.isPaused = isPaused;
    if (isPaused) return this.#returnReady(destination, this.#services.clock.now());
    this.#lookAgain(destination);
  }

  async #giveUpExpired(): Promise<void> {
    const { clock } = this.#services;
    while (!this.#stopping.signal.aborted) {
      const entries = await this.#claim([{ expired: expiredPerRead }], clock.now() - expiryGraceMs);
      if (entries.length === 0) return;
      await this.settler.giveUp(entries, '4.4.7', 'expired');
      for (const { id } of entries) this.#claimed.delete(id);
    }
  }

  /** Ends entries by hand; those under way are left alone. Gives the ones that were ended. */
  async fail(ids: readonly QueueId[]): Promise<readonly QueueId[]> {
    const entries = await this.#claim([{ ids }], this.#services.clock.now());
    await this.settler.giveUp(entries, '5.0.0', 'given-up');
    for (const { id } of entries) this.#claimed.delete(id);
    return entries.map(({ id }) => id);
  }

  async #claim(wants: readonly OutgoingWant[], nowMs: number): Promise<readonly QueueEntry[]> {
    const { store, settings, owner, clock } = this.#services;
    const leaseUntilMs = clock.now() + settings.leaseMs;
    const rows = await store.claim({ owner, nowMs, leaseUntilMs, wants, retryAfterMs: waitsOf(settings.schedule) });
    // A lease of ours that could not be renewed in time: we have it still.
    const entries = rows.filter(({ id }) => !this.#claimed.has(id)).map(toEntry);
    for (const entry of entries) this.#claimed.set(entry.id, entry);
    return entries;
  }

  #destinationOf(domain: string): Destination {
    let destination = this.#destinations.get(domain);
    if (destination === undefined) {
      destination = new Destination(domain, limitsOfDestination(this.#services.settings, domain));
      destination.isPaused = this.#paused.has(domain);
      this.#destinations.set(domain, destination);
    }
    return destination;
  }

  /** The settings have changed: destinations that are known take theirs. */
  settingsChanged(): void {
    for (const destination of this.#destinations.values()) {
      destination.useLimits(limitsOfDestination(this.#services.settings, destination.domain));
    }
    void this.scan();
  }

  #wakeAt(atMs: number): void {
    if (this.#stopping.signal.aborted) return;
    const nowMs = this.#services.clock.now();
    if (atMs <= nowMs) {
      this.#turn();
      return;
    }
    if (atMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = atMs;
    this.#timer = setTimeout(
      () => {
        this.#timerAtMs = Infinity;
        this.#turn();
      },
      Math.min(longestTimerMs, atMs - nowMs),
    ).unref();
  }

  get #room(): number {
    return this.#services.settings.maxDeliveries - this.#underWay.size - this.#reserved;
  }

  /** One at a time; asked for meanwhile, it comes once more. */
  #turn(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#turning !== undefined) {
      this.#turnAgain = true;
      return;
    }
    this.#turning = this.#takeTurn()
      .catch((error: unknown) => {
        this.#services.log.error('the queue could not claim what is due; it is tried again', {}, error);
        this.#wakeAt(this.#services.clock.now() + 5000);
      })
      .finally(() => {
        this.#turning = undefined;
        const again = this.#turnAgain;
        this.#turnAgain = false;
        if (again) this.#turn();
        // Otherwise the next connection that ends looks.
        else if (this.#room > 0) this.#wakeAt(this.#due.firstMs);
      });
  }

  async #takeTurn(): Promise<void> {
    // News of the same moment shares the claim.
    await new Promise(setImmediate);
    if (!this.#knowsPauses) await this.scan();
    if (!this.#knowsPauses) throw new Error('it is not known which destinations are paused');
    for (;;) {
      const wanted = this.#collect();
      if (wanted.length === 0) return;
      try {
        await this.#fetch(wanted);
      } catch (error) {
        for (const { destination } of wanted) this.#due.add(destination.dueAtMs, destination.domain);
        throw error;
      }
      for (const { destination } of wanted) this.#startReady(destination);
    }
  }

  /** Destinations that are due and have connections free. Those without come again when one ends, or with time. */
  #collect(): readonly { readonly destination: Destination; readonly limit: number }[] {
    const nowMs = this.#services.clock.now();
    const wanted = new Map<Destination, number>();
    let room = this.#room;
    while (room > 0 && wanted.size < maxWants && !this.#stopping.signal.aborted) {
      const domain = this.#due.take(nowMs);
      if (domain === undefined) break;
      const destination = this.#destinations.get(domain);
      if (destination === undefined || destination.dueAtMs > nowMs || wanted.has(destination)) continue;
      const free = Math.min(room, this.#freeOf(destination, nowMs) - destination.ready.length);
      if (free <= 0) {
        const atMs = destination.freeAtMs(nowMs);
        if (atMs > nowMs) this.#due.add(atMs, domain);
        else if (destination.active === 0) this.#held.add(destination);
        continue;
      }
      wanted.set(destination, free * claimedPerSlot);
      room -= free;
    }
    return [...wanted].map(([destination, limit]) => ({ destination, limit }));
  }

  #freeOf(destination: Destination, nowMs: number): number {
    const free = destination.free(nowMs);
    if (!destination.isSuspect) return free;
    return Math.min(free, Math.floor(this.#services.settings.maxDeliveries * suspectShare) - this.#suspects);
  }

  async #fetch(wanted: readonly { readonly destination: Destination; readonly limit: number }[]): Promise<void> {
    const { store, clock } = this.#services;
    const wants = wanted.map(({ destination: { domain }, limit }) => ({ domain, limit }));
    const entries = await this.#claim(wants, clock.now());
    const byDomain = Map.groupBy(entries, ({ domain }) => domain);
    for (const { destination, limit } of wanted) {
      const own = byDomain.get(destination.domain) ?? [];
      destination.ready.push(...this.#batchesOf(destination.domain, own));
      destination.dueAtMs = Infinity;
      const isMore = own.length >= limit;
      const next = isMore ? clock.now() : await store.nextDue(destination.domain);
      if (next === undefined) continue;
      // What is due but was not given to us is being taken by another process.
      const atMs = isMore ? next : Math.max(next, clock.now() + 1000);
      if (atMs >= destination.dueAtMs) continue;
      destination.dueAtMs = atMs;
      this.#due.add(atMs, destination.domain);
    }
  }

  #batchesOf(domain: string, entries: readonly QueueEntry[]): readonly Batch[] {
    const { settings, isLocal, store } = this.#services;
    const { maxRecipients } = limitsOfDestination(settings, domain);
    const transportOf = (entry: QueueEntry) =>
      isLocal(entry.domain) ? localTransport : chooseTransport(entry, settings.routes);
    return groupBatches(entries, transportOf, maxRecipients).map(({ entries: own, transport }): Batch => {
      const [first] = own;
      if (first === undefined) throw new Error('a group has entries');
      const open = async () => {
        const reader = this.atHand.open(first.message.messageId) ?? (await store.open(first.message.messageId));
        if (reader === undefined) throw new Error(`outgoing message ${first.message.messageId} is gone`);
        return reader;
      };
      return { message: first.message, entries: own, transport, open };
    });
  }

  #startReady(destination: Destination): void {
    const { clock } = this.#services;
    if (destination.isPaused) return this.#returnReady(destination, clock.now());
    while (destination.ready.length > 0 && !this.#stopping.signal.aborted) {
      if (this.#room <= 0) {
        this.#waiting.add(destination);
        return;
      }
      const nowMs = clock.now();
      if (this.#freeOf(destination, nowMs) <= 0) {
        const atMs = destination.freeAtMs(nowMs);
        if (atMs > nowMs) this.#wakeForReady(destination, atMs);
        else if (destination.active === 0) this.#waiting.add(destination);
        return;
      }
      const batch = destination.ready.shift();
      if (batch !== undefined) this.#deliver(destination, batch);
    }
  }

  /** Claimed entries wait for a rest or a rate to pass: they are given back when that takes longer than a moment. */
  #wakeForReady(destination: Destination, atMs: number): void {
    const waitMs = atMs - this.#services.clock.now();
    if (waitMs > 10_000) this.#returnReady(destination, atMs);
    else setTimeout(() => this.#startReady(destination), waitMs + 1).unref();
  }

  #returnReady(destination: Destination, atMs: number): void {
    const entries = destination.ready.splice(0).flatMap((batch) => batch.entries);
    if (entries.length === 0) return;
    const giving = this.#giveBack(entries)
      .then(() => this.news(destination.domain, atMs))
      .finally(() => this.#underWay.delete(giving));
    this.#underWay.add(giving);
  }

  /** What is known of destinations that have no mail any more is kept only while it keeps others from them. */
  #forgetIdle(): void {
    const nowMs = this.#services.clock.now();
    for (const [domain, destination] of this.#destinations) {
      if (destination.isIdle && destination.freeAtMs(nowMs) <= nowMs) this.#destinations.delete(domain);
    }
  }

  #deliver(destination: Destination, batch: Batch): void {
    const { clock, local, remote, log, store } = this.#services;
    const isSuspect = destination.isSuspect;
    if (isSuspect) this.#suspects += 1;
    destination.begin();
    const courier = batch.transport.kind === 'local' ? local : remote;
    const delivery = new Delivery(batch, { settler: this.settler, clock, log, store, signal: this.#stopping.signal });
    const run = delivery
      .run(courier)
      .then(({ left, how }) => {
        for (const { id } of batch.entries) if (!left.has(id)) this.#claimed.delete(id);
        destination.end(how, clock.now());
      })
      .finally(() => {
        if (isSuspect) this.#suspects -= 1;
        this.#underWay.delete(run);
        this.#afterDelivery(destination);
      });
    this.#underWay.add(run);
  }

  /** A connection became free: those that waited for one go first, then this destination, then what is due. */
  #afterDelivery(destination: Destination): void {
    for (const waiting of [...this.#waiting]) {
      if (this.#room <= 0) break;
      this.#waiting.delete(waiting);
      this.#startReady(waiting);
    }
    this.#startReady(destination);
    for (const held of [...this.#held]) {
      this.#held.delete(held);
      this.#lookAgain(held);
    }
    this.#lookAgain(destination);
    this.#wakeAt(this.#due.firstMs);
  }

  #lookAgain(destination: Destination): void {
    if (destination.isIdle && !destination.isSuspect && !destination.isPaused)
      this.#destinations.delete(destination.domain);
    if (destination.dueAtMs === Infinity) return;
    this.#due.add(destination.dueAtMs, destination.domain);
    this.#wakeAt(destination.dueAtMs);
  }

  async #renew(): Promise<void> {
    const { store, settings, owner, clock, log } = this.#services;
    const ids = [...this.#claimed.keys()];
    try {
      for (let start = 0; start < ids.length; start += 500) {
        const some = ids.slice(start, start + 500);
        await store.renew({ owner, ids: some, leaseUntilMs: clock.now() + settings.leaseMs });
      }
    } catch (error) {
      log.error('leases of the queue could not be renewed', { entries: ids.length }, error);
    }
  }

  async #giveBack(entries: readonly QueueEntry[]): Promise<void> {
    const { store, owner, log } = this.#services;
    const released = entries.map(({ id, nextAttemptMs }) => ({ id, dueAtMs: nextAttemptMs }));
    try {
      if (released.length > 0) {
        await store.settle({ owner, done: [], later: [], released, messages: [], history: undefined });
      }
    } catch (error) {
      log.error('entries could not be given back; they are tried again when their lease ends', {}, error);
    }
    for (const { id } of entries) this.#claimed.delete(id);
  }
}
