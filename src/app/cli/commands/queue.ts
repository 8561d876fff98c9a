import type { ListedEntry } from '../../../queue/queue.ts';
import type { AttemptStory } from '../../../queue/queued.ts';
import type { QueueId } from '../../../store/ids.ts';
import type { QueueEdited, QueueFilter, QueueListing } from '../../control/queue-request.ts';
import { Refusal } from '../../refusal.ts';
import { UsageError } from '../command.ts';
import type { CommandInput } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';

const defaultLimit = 1000;

/** A whole number, from the command line. @throws UsageError */
export function numberOf(text: string, what: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`"${text}" is no ${what}`);
  return Number(text);
}

function filterOf(input: CommandInput): QueueFilter {
  const account = input.text('account');
  const from = input.text('from');
  const to = input.text('to');
  const held = input.flag('held');
  const older = input.text('older');
  return {
    ...(account === undefined ? {} : { account }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(held === undefined ? {} : { held }),
    ...(older === undefined ? {} : { queuedBeforeMs: Date.now() - numberOf(older, 'number of hours') * 3_600_000 }),
  };
}

export async function queueList(input: CommandInput): Promise<void> {
  const limit = numberOf(input.text('limit') ?? String(defaultLimit), 'number');
  const after = numberOf(input.text('after') ?? '0', 'id');
  const filter = filterOf(input);
  const asked = { do: 'list', filter, after, limit } as const;
  const listing = (await withAdministration(input, (each) => each.queue(asked))) as QueueListing;
  input.print(listing.entries.map(forPrograms), () => printList(listing));
}

function printList({ entries, total }: QueueListing): string {
  const head = ['id', 'from', 'to', 'tries', 'next', 'state'];
  const rows = entries.map((entry) => [
    String(entry.id),
    entry.returnPath === '' ? '<>' : entry.returnPath,
    entry.recipient,
    String(entry.attempts),
    moment(entry.nextAttemptMs),
    stateOf(entry),
  ]);
  const more = entries.length < total ? `\n${entries.length} of ${total}` : '';
  return entries.length === 0 ? 'nothing waits' : `${alignColumns([head, ...rows])}${more}`;
}

function stateOf({ isBeingTried, isHeld, story }: ListedEntry): string {
  if (isBeingTried) return 'being tried';
  if (isHeld) return 'held';
  return story.at(-1)?.summary ?? 'waits';
}

export function moment(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

/** Moments as text; the rest as it is. */
export function forPrograms(entry: ListedEntry): object {
  const iso = (atMs: number): string => new Date(atMs).toISOString();
  const { message, nextAttemptMs, expiresAtMs, story, ...rest } = entry;
  const { queuedAtMs, ...ofMessage } = message;
  return {
    ...rest,
    message: { ...ofMessage, queued: iso(queuedAtMs) },
    nextAttempt: iso(nextAttemptMs),
    expires: iso(expiresAtMs),
    story: storyForPrograms(story),
  };
}

export function storyForPrograms(story: readonly AttemptStory[]): readonly object[] {
  const iso = (atMs: number): string => new Date(atMs).toISOString();
  return story.map(({ startedAtMs, endedAtMs, ...attempt }) => ({
    started: iso(startedAtMs),
    ended: iso(endedAtMs),
    ...attempt,
  }));
}

async function findEntry(input: CommandInput): Promise<ListedEntry> {
  const id = numberOf(input.args[0] ?? '', 'id of a queue entry');
  const asked = { do: 'list', filter: { ids: [id as QueueId] }, after: 0, limit: 1 } as const;
  const { entries } = (await withAdministration(input, (each) => each.queue(asked))) as QueueListing;
  const [entry] = entries;
  if (entry === undefined)
    throw new Refusal(`there is no entry ${id} in the queue; "posthorn explain ${id}" also knows what has left it`);
  return entry;
}

export async function queueShow(input: CommandInput): Promise<void> {
  const entry = await findEntry(input);
  input.print(forPrograms(entry), () => printFacts(entry));
}

export function printFacts(entry: ListedEntry): string {
  const { message } = entry;
  return alignColumns([
    ['entry', `${entry.id} of message ${message.messageId}`],
    ['from', entry.returnPath === '' ? '<> (a notification)' : entry.returnPath],
    ['to', entry.recipient],
    ['subject', message.subject],
    ['message-id', message.headerMessageId],
    ['size', `${message.sizeBytes} octets`],
    ['queued', moment(message.queuedAtMs)],
    ['tries', String(entry.attempts)],
    ['next', entry.isHeld ? 'held' : moment(entry.nextAttemptMs)],
    ['given up', moment(entry.expiresAtMs)],
    ['state', stateOf(entry)],
  ]);
}

export async function queueEdit(
  input: CommandInput,
  what: 'kick' | 'hold' | 'release' | 'fail' | 'drop',
): Promise<void> {
  const ids = input.args.map((text) => numberOf(text, 'id of a queue entry') as QueueId);
  const filter: QueueFilter = { ...filterOf(input), ...(ids.length === 0 ? {} : { ids }) };
  if (Object.keys(filter).length === 0 && input.flag('all') !== true) {
    throw new UsageError(`which entries? Name some by their ids or by options, or say --all`);
  }
  if (ids.length > 500) throw new UsageError('no more than 500 ids at a time');
  const edited = (await withAdministration(input, (each) => each.queue({ do: what, filter }))) as QueueEdited;
  input.print(edited, () => printEdited(what, edited));
  const missing = ids.filter((id) => !edited.changed.includes(id) && !edited.busy.includes(id));
  if (missing.length > 0 && (what === 'drop' || what === 'fail')) {
    throw new Refusal(`there is no entry ${missing.join(', ')} in the queue`);
  }
}

const done = { kick: 'due now', hold: 'held', release: 'released', fail: 'given up', drop: 'dropped' } as const;

function printEdited(what: keyof typeof done, { changed, busy }: QueueEdited): string {
  const left = busy.length === 0 ? '' : `; left alone, as they are being tried: ${busy.join(', ')}`;
  return `${changed.length} ${changed.length === 1 ? 'entry' : 'entries'} ${done[what]}${left}`;
}
