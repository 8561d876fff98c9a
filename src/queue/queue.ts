import { randomBytes } from 'node:crypto';
import type { AccountId } from '../store/ids.ts';
import type { OutgoingEdited } from '../store/operations/queue/edit-outgoing.ts';
import type { QueueRulesEdit } from '../store/operations/queue/edit-queue-rules.ts';
import type {
  HoldRule,
  EnqueuedEntry,
  FiledEnd,
  NewEntry,
  OutgoingEnvelope,
  OutgoingFilter,
  OutgoingRow,
  PausedDestination,
  Suppression,
} from '../store/queue/outgoing-row.ts';
import type { Enqueued, Outgoing, QueueDoor } from './enqueue.ts';
import { planFiling } from './plan-filing.ts';
import { writeReport } from './dsn/write-report.ts';
import type { Ending, QueueEntry, QueueId } from './queued.ts';
import { localTransport } from './choose-transport.ts';
import { headerAlone, type IncomingReport, type IncomingReports } from './report-incoming.ts';
import type { QueueSettings } from './queue-settings.ts';
import { noteBounce, type IncomingBounce, type IncomingBounces } from './bounces.ts';
import { History } from './history.ts';
import { historyWish } from './settler.ts';
import { addStory, toEntry, toEnvelope } from './rows.ts';
import { Runner, type RunnerServices } from './runner.ts';
import { SendingAllowances } from './sending-allowances.ts';
import type { SendingAllowance, SendingRefusal } from './sending-allowances.ts';

/** An entry as people see it: with whether somebody tries it now. */
export interface ListedEntry extends QueueEntry {
  readonly isBeingTried: boolean;
}

/** The queue: what is put in is durable, and tried until it is delivered or given up. */
export class Queue implements QueueDoor, IncomingReports, IncomingBounces {
  readonly #services: Omit<RunnerServices, 'owner'>;
  /** What all parts look at; `useSettings` changes it in place. */
  readonly #settings: { -readonly [Key in keyof QueueSettings]: QueueSettings[Key] };
  readonly #runner: Runner;
  readonly #allowances: SendingAllowances;
  /** What has left the queue. */
  readonly history: History;

  constructor(services: Omit<RunnerServices, 'owner'>) {
    this.#settings = { ...services.settings };
    this.#services = { ...services, settings: this.#settings };
    this.#allowances = new SendingAllowances(services.store);
    this.#runner = new Runner({ ...this.#services, owner: randomBytes(9).toString('base64url') });
    this.history = new History(this.#services);
  }

  /** For everything that begins from now on. How often the store is scanned, and the length of a lease, stay. */
  useSettings(settings: QueueSettings): void {
    const { scanEveryMs, leaseMs } = this.#settings;
    Object.assign(this.#settings, settings, { scanEveryMs, leaseMs });
    this.#runner.settingsChanged();
  }

  /** Begins to deliver. */
  start(): void {
    this.#runner.start();
    this.history.start();
  }

  /** Ends what is under way; what was not tried is tried after the next start. */
  async stop(): Promise<void> {
    await this.#runner.stop();
    await this.history.stop();
  }

  async enqueue(outgoing: Outgoing): Promise<Enqueued> {
    const { store, clock, settings, local } = this.#services;
    const nowMs = clock.now();
    const { content } = outgoing;
    // Before the octets change hands.
    const sizeBytes = (content.kind === 'file' ? content.sizeBytes : content.octets.length) + outgoing.prefix.length;
    const plain = toEnvelope(outgoing, settings.schedule, nowMs);
    const mayFile = (domain: string): boolean => this.#runner.mayFileAtOnce(domain);
    const planCopies = local.planCopies?.bind(local);
    const { entries: planned, targets } = planFiling(outgoing, plain.entries, { planCopies, mayFile, nowMs });
    const reserved = this.#reserve(planned, nowMs);
    const entries = planned.map((each) => (reserved.has(each.domain) ? { ...each, claim: true } : each));
    const envelope = { ...plain, entries };
    const keep = entries.some(({ copies }) => copies === undefined)
      ? this.#runner.atHand.copy(content, outgoing.prefix)
      : undefined;
    let put: readonly EnqueuedEntry[] | undefined;
    try {
      put = await store.enqueue(
        [{ message: content, outgoing: envelope, targets }],
        this.#runner.lease(),
        this.#filedEnd(entries, nowMs),
      );
      const queued = put.find(({ kind }) => kind === 'queued');
      if (queued?.kind === 'queued') keep?.(queued.messageId);
    } finally {
      this.#begin(put ?? [], { envelope, sizeBytes, reserved });
    }
    return this.#tell(put, entries);
  }

  /** What was claimed by the commit is tried now; the rest when its time comes, if the commit went well at all. */
  #begin(put: readonly EnqueuedEntry[], { envelope, sizeBytes, reserved }: Begun): void {
    const claimed = new Map<string, QueueEntry[]>();
    for (const [place, entry] of envelope.entries.entries()) {
      const own = put[place];
      if (own?.kind !== 'queued' || !own.isClaimed) continue;
      const list = claimed.get(entry.domain) ?? [];
      claimed.set(entry.domain, [...list, toEntry(toRow(own, { envelope, entry, sizeBytes }))]);
    }
    for (const domain of reserved) {
      const entries = claimed.get(domain);
      if (entries === undefined) this.#runner.unreserve(domain);
      else this.#runner.adopt(domain, entries);
    }
    for (const [place, { domain, dueAtMs }] of envelope.entries.entries()) {
      if (put[place]?.kind !== 'filed' && !claimed.has(domain)) this.#runner.news(domain, dueAtMs);
    }
  }

  /** What the history says of recipients whom the commit serves. */
  #filedEnd(entries: readonly NewEntry[], nowMs: number): FiledEnd | undefined {
    const history = historyWish(this.#settings, nowMs);
    if (history === undefined || !entries.some(({ copies }) => copies !== undefined)) return undefined;
    const summary = filedSummary;
    const times = { startedAtMs: nowMs, endedAtMs: nowMs };
    const story = addStory([], { ...times, transport: localTransport.name, hosts: [], result: 'delivered', summary });
    return { history, story, ending: JSON.stringify({ status: '2.0.0' } satisfies Ending) };
  }

  #tell(put: readonly EnqueuedEntry[], entries: readonly NewEntry[]): Enqueued {
    const ids: QueueId[] = [];
    let filed = 0;
    for (const [place, { kind, id }] of put.entries()) {
      if (id !== undefined) ids.push(id);
      if (kind === 'queued') continue;
      filed += 1;
      const { recipient } = entries[place] ?? {};
      const fields = { entry: id, recipient, attempt: 1, transport: localTransport.name, summary: filedSummary };
      this.#services.log.info('mail delivered', fields);
    }
    return { ids, filed };
  }

  bounced(bounce: IncomingBounce): Promise<boolean> {
    return noteBounce(this.#services, bounce);
  }

  /**
   * Destinations that have a connection free for this message: a commit is saved when its entries are claimed at once. For
   * those that the commit itself files there is need of none, and one that it cannot file waits its turn.
   */
  #reserve(entries: readonly NewEntry[], nowMs: number): ReadonlySet<string> {
    const due = entries.filter(({ dueAtMs, copies }) => dueAtMs <= nowMs && copies === undefined);
    const domains = new Set(due.map(({ domain }) => domain));
    for (const domain of domains) if (!this.#runner.reserve(domain)) domains.delete(domain);
    return domains;
  }

  async report({ message, returnPath, notices, header }: IncomingReport): Promise<void> {
    const { store, clock, settings, log } = this.#services;
    const subject = { message, returnPath, notices, hostname: settings.hostname, nowMs: clock.now() };
    const written = await writeReport(this.#services, subject, headerAlone(header));
    if (written === undefined) {
      log.info('nobody can be told of a refusal: the return path is no address', { returnPath });
      return;
    }
    await store.enqueue([written]);
    for (const { domain, dueAtMs } of written.outgoing.entries) this.#runner.news(domain, dueAtMs);
  }

  /**
   * Whether an account may send to these recipients today: which limit it would pass, or room that counts until it is given
   * back. What it enqueues counts from then on (spec section 6.10).
   */
  mayEnqueue(accountId: AccountId, recipients: readonly string[]): Promise<SendingRefusal | SendingAllowance> {
    const { clock, settings } = this.#services;
    return this.#allowances.take(accountId, recipients, settings.limitsOf(accountId), clock.now());
  }

  /** Entries in the order in which they came, from one on. */
  async list(
    filter: OutgoingFilter,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly ListedEntry[]> {
    const nowMs = this.#services.clock.now();
    const rows = await this.#services.store.list(filter, page);
    return rows.map((row) => toListed(row, nowMs));
  }

  count(filter: OutgoingFilter): Promise<number> {
    return this.#services.store.count(filter);
  }

  /** `kick`: tried now; `hold`: not tried until `release`; `drop`: gone, and nobody is told. */
  async edit(what: 'kick' | 'hold' | 'release' | 'drop', filter: OutgoingFilter): Promise<OutgoingEdited> {
    const { store, clock, settings } = this.#services;
    const changed: QueueId[] = [];
    const busy = new Set<QueueId>();
    const domains = new Set<string>();
    for (;;) {
      const nowMs = clock.now();
      const edited = await store.edit({ filter, what, nowMs, history: historyWish(settings, nowMs) });
      changed.push(...edited.changed);
      for (const id of edited.busy) busy.add(id);
      for (const domain of edited.domains) domains.add(domain);
      if (edited.changed.length === 0) break;
    }
    if (changed.length > 0 && (what === 'kick' || what === 'release')) {
      for (const domain of domains) this.#runner.news(domain, clock.now());
    }
    return { changed, busy: [...busy], domains: [...domains] };
  }

  /** Gives entries up at once; their senders are told. Those under way are left alone. */
  fail(ids: readonly QueueId[]): Promise<readonly QueueId[]> {
    return this.#runner.fail(ids);
  }

  /** Hold rules, pauses and suppressions; in effect at once. How many rules or entries it touched. */
  async editRules(edit: QueueRulesEdit): Promise<number> {
    const touched = await this.#services.store.editRules(edit);
    if (edit.do === 'pause' || edit.do === 'resume') await this.#runner.scan();
    return touched;
  }

  async rules(): Promise<{ readonly holdRules: readonly HoldRule[]; readonly paused: readonly PausedDestination[] }> {
    const { store } = this.#services;
    return { holdRules: await store.holdRules(), paused: await store.paused() };
  }

  suppressions(accountId: AccountId): Promise<readonly Suppression[]> {
    return this.#services.store.suppressions(accountId);
  }
}

const filedSummary = 'Filed in the mailbox of the recipient, as it was taken.';

interface Begun {
  readonly envelope: OutgoingEnvelope;
  readonly sizeBytes: number;
  /** Destinations with a connection that waits for what was claimed. */
  readonly reserved: ReadonlySet<string>;
}

/** The row of an entry that was just put in and claimed. */
function toRow(
  { id, messageId }: Extract<EnqueuedEntry, { kind: 'queued' }>,
  from: { readonly envelope: OutgoingEnvelope; readonly entry: NewEntry; readonly sizeBytes: number },
): OutgoingRow {
  const { envelope, entry, sizeBytes } = from;
  const { accountId, queuedAtMs, fromDomain, facts: messageFacts } = envelope;
  const { domain, returnPath, recipient, dueAtMs, expiresAtMs, facts } = entry;
  return {
    ...{ id, messageId, accountId, sizeBytes, queuedAtMs, fromDomain, messageFacts },
    ...{ domain, returnPath, recipient, dueAtMs, expiresAtMs, facts },
    ...{ attempts: 0, isHeld: false, leaseUntilMs: 0, delayTold: false, story: '[]' },
  };
}

function toListed(row: OutgoingRow, nowMs: number): ListedEntry {
  return { ...toEntry(row), isBeingTried: row.leaseUntilMs > nowMs };
}
