import type { Log } from '../base/log.ts';
import type { Clock } from '../base/clock.ts';
import type { MessageReader } from '../store/message-reader.ts';
import type { NewOutgoing } from '../store/queue/outgoing-row.ts';
import type { OutgoingStore, Settlement } from '../store/queue/outgoing-store.ts';
import type { RecipientLesson } from '../store/queue/recipient-lesson.ts';
import type { EntryEnd, HistoryWish } from '../store/queue/retired-row.ts';
import { decideSettlement, giveUp, type Decision } from './decide-settlement.ts';
import type { Notice } from './dsn/notice.ts';
import type { ReportSigner } from './dsn/report-signer.ts';
import { writeReport } from './dsn/write-report.ts';
import type { Ending, Outcome, QueueEntry } from './queued.ts';
import type { QueueSettings } from './queue-settings.ts';
import { addStory, domainOf } from './rows.ts';
import { lessonOfOutcome } from './recipient-lessons.ts';

export interface SettlerServices {
  readonly store: OutgoingStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: QueueSettings;
  /** Names this run in leases. */
  readonly owner: string;
  /** Signs notifications. */
  readonly signer?: ReportSigner | undefined;
  /** Something was put into the queue. */
  readonly news: (domain: string, dueAtMs: number) => void;
  /** Whether mail to a domain stays in this house: its addresses are known here and never suppressed. */
  readonly isLocal: (domain: string) => boolean;
}

/** Keeps how tries ended, together with what their senders are told. */
export class Settler {
  readonly #services: SettlerServices;

  constructor(services: SettlerServices) {
    this.#services = services;
  }

  /** Outcomes of entries of one message. @throws what the store throws: nothing was kept then */
  async settle(outcomes: readonly (readonly [entry: QueueEntry, outcome: Outcome])[]): Promise<void> {
    const { clock, settings, log, isLocal } = this.#services;
    const nowMs = clock.now();
    const decided = outcomes.map(([entry, outcome]) => ({
      decision: decideSettlement(entry, outcome, settings.schedule, nowMs),
      outcome,
    }));
    for (const { decision, outcome } of decided) log.info(wordOf(outcome), logFields(decision, outcome));
    await this.#keep(
      decided.map(({ decision }) => decision),
      outcomes.map(([{ story }, outcome]) => addStory(story, outcome.story)),
      outcomes.map(([entry, outcome]) => (isLocal(entry.domain) ? undefined : lessonOfOutcome(entry, outcome, nowMs))),
    );
  }

  /** Gives entries up that were claimed for that. */
  async giveUp(entries: readonly QueueEntry[], status: string, because: Notice['because']): Promise<void> {
    const decisions = entries.map((entry) => giveUp(entry, status, undefined, because));
    for (const { entry } of decisions) {
      this.#services.log.info('mail given up', { entry: entry.id, recipient: entry.recipient, because });
    }
    await this.#keep(decisions, [], []);
  }

  /** `stories`: for each decision, with its try; of those that nobody tried, none. So with what is learnt of recipients. */
  async #keep(
    decisions: readonly Decision[],
    stories: readonly string[],
    lessons: readonly (RecipientLesson | undefined)[],
  ): Promise<void> {
    const { store, owner, news, clock, settings } = this.#services;
    const done: EntryEnd[] = [];
    const later: Settlement['later'][number][] = [];
    for (const [place, { entry, fate }] of decisions.entries()) {
      const { id } = entry;
      const story = stories[place];
      if (fate.kind === 'done') {
        const ending = JSON.stringify(boundEnding(fate.ending));
        done.push({ id, result: fate.result, story, ending, lesson: lessons[place] });
      } else later.push({ id, dueAtMs: fate.dueAtMs, delayTold: fate.delayTold, story: story ?? '[]' });
    }
    const messages = await this.#writeReports(decisions);
    await store.settle({ owner, done, later, released: [], messages, history: historyWish(settings, clock.now()) });
    for (const { outgoing } of messages) for (const { domain, dueAtMs } of outgoing.entries) news(domain, dueAtMs);
    for (const { entry, fate } of decisions) if (fate.kind === 'later') news(entry.domain, fate.dueAtMs);
  }

  /** One notification for each message and return path. */
  async #writeReports(decisions: readonly Decision[]): Promise<readonly NewOutgoing[]> {
    const groups = new Map<string, { readonly entry: QueueEntry; readonly notices: Notice[] }>();
    for (const { entry, notice } of decisions) {
      if (notice === undefined) continue;
      const key = `${entry.message.messageId} ${entry.returnPath}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { entry, notices: [notice] });
      else group.notices.push(notice);
    }
    const messages: NewOutgoing[] = [];
    for (const { entry, notices } of groups.values()) {
      const [first, ...rest] = notices;
      if (first === undefined) continue;
      const message = await this.#writeReport(entry, [first, ...rest]);
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  async #writeReport(entry: QueueEntry, notices: readonly [Notice, ...Notice[]]): Promise<NewOutgoing | undefined> {
    const { store, clock, log, settings } = this.#services;
    const { message, returnPath } = entry;
    if (domainOf(returnPath) === undefined) {
      log.warn('nobody can be told how mail ended: its return path is no address', { entry: entry.id, returnPath });
      return undefined;
    }
    const subject = { message, returnPath, notices, hostname: settings.hostname, nowMs: clock.now() };
    let original: MessageReader | undefined;
    try {
      original = await store.open(message.messageId);
      return await writeReport(this.#services, subject, original);
    } catch (error) {
      if (error instanceof Error && error.name === 'StorageFull') throw error;
      log.error('the original of a message cannot be read; its sender is told without it', { entry: entry.id }, error);
      return await writeReport(this.#services, subject, undefined);
    } finally {
      original?.close();
    }
  }
}

/** Undefined: no history is kept. */
export function historyWish({ historyMs }: QueueSettings, endedAtMs: number): HistoryWish | undefined {
  return historyMs > 0 ? { endedAtMs } : undefined;
}

const maxReplyText = 500;

function boundEnding({ status, reply }: Ending): Ending {
  return { status, reply: reply && { ...reply, text: reply.text.slice(0, maxReplyText).toWellFormed() } };
}

function wordOf({ result }: Outcome): string {
  if (result === 'delivered') return 'mail delivered';
  return result === 'later' ? 'mail deferred' : 'mail failed';
}

function logFields({ entry, fate, notice }: Decision, { story }: Outcome) {
  return {
    entry: entry.id,
    message: entry.message.messageId,
    recipient: entry.recipient,
    attempt: entry.attempts + 1,
    transport: story.transport,
    summary: story.summary,
    next: fate.kind === 'later' ? new Date(fate.dueAtMs).toISOString() : undefined,
    told: notice?.action,
  };
}
