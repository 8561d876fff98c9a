/** Between the plain data of the queue and the rows of the store, which keep most of it as JSON. */
import { toAsciiDomain } from '../base/domain-name.ts';
import type { NewEntry, OutgoingEnvelope, OutgoingRow } from '../store/queue/outgoing-row.ts';
import { messageKey, type RetiredRow } from '../store/queue/retired-row.ts';
import type { Outgoing } from './enqueue.ts';
import type { AttemptStory, Ending, QueueEntry, QueuedMessage, RetiredEntry, ReturnedReport } from './queued.ts';
import type { Schedule } from './schedule.ts';
import { recipientKey } from './suppression.ts';

type MessageFacts = Pick<
  QueuedMessage,
  'body' | 'utf8' | 'tls' | 'envelopeId' | 'returnContent' | 'futureRelease' | 'subject' | 'headerMessageId' | 'kind'
>;
type EntryFacts = Pick<QueueEntry, 'notify' | 'originalRecipient'>;

const maxSubject = 200;
/** Characters of a Message-ID or ENVID that are kept. */
const maxId = 500;
const maxStories = 20;
const maxStoryCharacters = 16_384;

/** What the store is given for a message. */
export function toEnvelope(outgoing: Outgoing, schedule: Schedule, nowMs: number): OutgoingEnvelope {
  const { body, utf8, tls, envelopeId, returnContent, kind } = outgoing;
  const facts: MessageFacts = {
    body,
    utf8,
    tls,
    envelopeId: envelopeId?.slice(0, maxId),
    returnContent,
    futureRelease: outgoing.futureRelease,
    subject: outgoing.subject.slice(0, maxSubject).toWellFormed(),
    headerMessageId: outgoing.headerMessageId.slice(0, maxId),
    kind,
  };
  const dueAtMs = Math.max(nowMs, outgoing.notBeforeMs ?? 0);
  const usual = kind === 'report' ? schedule.giveUpReportsAfterMs : schedule.giveUpAfterMs;
  const expiresAtMs = dueAtMs + (outgoing.lifetimeMs ?? usual);
  const entries = outgoing.recipients.map(({ notify, originalRecipient, ...rest }): NewEntry => {
    const entryFacts: EntryFacts = { notify, originalRecipient };
    const { returnPath, recipient, domain, ownReturnPath } = rest;
    const common = { returnPath, recipient, domain, ownReturnPath, dueAtMs, expiresAtMs };
    return { ...common, facts: JSON.stringify(entryFacts), key: recipientKey(recipient) };
  });
  return {
    accountId: outgoing.accountId,
    prefix: outgoing.prefix,
    fromDomain: outgoing.fromDomain,
    queuedAtMs: nowMs,
    messageKey: messageKey(facts.headerMessageId),
    facts: JSON.stringify(facts),
    entries,
    counts: kind === 'mail',
  };
}

/** An entry as the rest of the program sees it. */
export function toEntry(row: OutgoingRow): QueueEntry {
  return {
    ...toCommon(row),
    nextAttemptMs: row.dueAtMs,
    expiresAtMs: row.expiresAtMs,
    isHeld: row.isHeld,
    delayTold: row.delayTold,
  };
}

/** One that has left the queue. */
export function toRetired(row: RetiredRow): RetiredEntry {
  const { endedAtMs, result } = row;
  // Written by `Settler`.
  const ending = JSON.parse(row.ending) as Ending;
  return { ...toCommon(row), endedAtMs, result, ending, reports: readReports(row.reports) };
}

/** A line for each, as `noteBounce` wrote them. */
export function readReports(lines: string): readonly ReturnedReport[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ReturnedReport);
}

type Common = keyof QueueEntry & keyof RetiredEntry;

function toCommon(row: OutgoingRow | RetiredRow): Pick<QueueEntry, Common> {
  // Both were written by `toEnvelope`.
  const messageFacts = JSON.parse(row.messageFacts) as MessageFacts;
  const facts = JSON.parse(row.facts) as EntryFacts;
  return {
    id: row.id,
    message: {
      messageId: row.messageId,
      accountId: row.accountId,
      sizeBytes: row.sizeBytes,
      body: messageFacts.body,
      utf8: messageFacts.utf8,
      tls: messageFacts.tls,
      envelopeId: messageFacts.envelopeId,
      returnContent: messageFacts.returnContent,
      futureRelease: messageFacts.futureRelease,
      subject: messageFacts.subject,
      headerMessageId: messageFacts.headerMessageId,
      fromDomain: row.fromDomain,
      queuedAtMs: row.queuedAtMs,
      kind: messageFacts.kind,
    },
    returnPath: row.returnPath,
    recipient: row.recipient,
    domain: row.domain,
    notify: facts.notify,
    originalRecipient: facts.originalRecipient,
    attempts: row.attempts,
    story: JSON.parse(row.story) as readonly AttemptStory[],
  };
}

/** The stories with one more; of many the first, which often tells most, and the last ones. */
export function addStory(stories: readonly AttemptStory[], story: AttemptStory): string {
  let kept = [...stories, story];
  if (kept.length > maxStories) kept = [...kept.slice(0, 1), ...kept.slice(1 - maxStories)];
  let text = JSON.stringify(kept);
  while (text.length > maxStoryCharacters && kept.length > 1) {
    kept = kept.slice(1);
    text = JSON.stringify(kept);
  }
  return text.length <= maxStoryCharacters ? text : JSON.stringify(kept.map((each) => ({ ...each, hosts: [] })));
}

/** The domain of an address as the queue compares it; undefined when it has none that mail can go to. */
export function domainOf(address: string): string | undefined {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (domain.startsWith('[') && domain.endsWith(']')) return domain.toLowerCase();
  const ascii = toAsciiDomain(domain);
  return ascii.ok ? ascii.value : undefined;
}
