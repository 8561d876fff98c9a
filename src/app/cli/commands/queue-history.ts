import type { RetiredEntry, ReturnedReport } from '../../../queue/queued.ts';
import { retiredResults, type RetiredResult } from '../../../store/queue/retired-row.ts';
import type { FoundEntries, HistoryFilter } from '../../control/queue-request.ts';
import { Refusal } from '../../refusal.ts';
import { UsageError } from '../command.ts';
import type { CommandInput } from '../command.ts';
import { alignColumns } from '../print-help.ts';
import { withAdministration } from '../with-administration.ts';
import { printStory, printTries } from './print-story.ts';
import { forPrograms, moment, numberOf, printFacts, storyForPrograms } from './queue.ts';

const defaultLimit = 1000;

export async function queueHistory(input: CommandInput): Promise<void> {
  const limit = numberOf(input.text('limit') ?? String(defaultLimit), 'number');
  const filter = filterOf(input);
  const before = momentOf(input.text('before'));
  const place = before === undefined ? undefined : { endedAtMs: before, id: 0 };
  const asked = { do: 'history', filter, before: place, limit } as const;
  const entries = (await withAdministration(input, (each) => each.queue(asked))) as readonly RetiredEntry[];
  input.print(entries.map(retiredForPrograms), () => printList(entries));
}

function filterOf(input: CommandInput): HistoryFilter {
  const account = input.text('account');
  const from = input.text('from');
  const to = input.text('to');
  const result = input.text('result');
  const since = input.text('since');
  return {
    ...(account === undefined ? {} : { account }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(result === undefined ? {} : { results: [resultOf(result)] }),
    ...(since === undefined ? {} : { endedAfterMs: Date.now() - numberOf(since, 'number of hours') * 3_600_000 }),
  };
}

function resultOf(text: string): RetiredResult {
  const result = retiredResults.find((each) => each === text);
  if (result === undefined) throw new UsageError(`"${text}" is none of ${retiredResults.join(', ')}`);
  return result;
}

function momentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = Date.parse(text);
  if (Number.isNaN(atMs)) throw new UsageError(`"${text}" is no moment such as 2026-11-24T15:00:00Z`);
  return atMs;
}

function printList(entries: readonly RetiredEntry[]): string {
  const head = ['id', 'ended', 'from', 'to', 'tries', 'result', 'last word'];
  const rows = entries.map((entry) => [
    String(entry.id),
    moment(entry.endedAtMs),
    entry.returnPath === '' ? '<>' : entry.returnPath,
    entry.recipient,
    String(entry.attempts),
    entry.result,
    lastWord(entry),
  ]);
  return entries.length === 0 ? 'nothing has left the queue' : alignColumns([head, ...rows]);
}

function lastWord({ ending: { status, reply } }: RetiredEntry): string {
  if (reply === undefined) return status ?? '';
  return [`${reply.code}`, reply.enhanced ?? '', reply.text].filter((each) => each !== '').join(' ');
}

/** Waiting or ended, each with all its tries; of a Message-ID, those of all its recipients. */
export async function explain(input: CommandInput): Promise<void> {
  const given = input.args[0] ?? '';
  const isId = /^\d+$/.test(given);
  const asked = {
    do: 'find',
    id: isId ? numberOf(given, 'id of a queue entry') : undefined,
    headerMessageId: isId ? undefined : inBrackets(given),
  } as const;
  const { waiting, retired } = (await withAdministration(input, (each) => each.queue(asked))) as FoundEntries;
  if (waiting.length + retired.length === 0) {
    const what = isId ? `entry ${given}` : `message ${given}`;
    throw new Refusal(`there is no ${what} in the queue, nor in its history; what left long ago is in the log`);
  }
  const objects = [...waiting.map(forPrograms), ...retired.map(retiredForPrograms)];
  input.print(isId ? objects[0] : objects, () =>
    [
      ...waiting.map((entry) => `${printFacts(entry)}\n\n${printStory(entry)}`),
      ...retired.map((entry) => `${printRetired(entry)}\n\n${printEnd(entry)}`),
    ].join('\n\n\n'),
  );
}

function inBrackets(text: string): string {
  return text.startsWith('<') ? text : `<${text}>`;
}

function printRetired(entry: RetiredEntry): string {
  const { message, ending } = entry;
  return alignColumns([
    ['entry', `${entry.id} of message ${message.messageId}`],
    ['from', entry.returnPath === '' ? '<> (a notification)' : entry.returnPath],
    ['to', entry.recipient],
    ['subject', message.subject],
    ['message-id', message.headerMessageId],
    ['size', `${message.sizeBytes} octets`],
    ['queued', moment(message.queuedAtMs)],
    ['tries', String(entry.attempts)],
    ['ended', moment(entry.endedAtMs)],
    ['result', entry.result],
    ['last word', [lastWord(entry), ending.reply && `(${ending.reply.host})`].filter(Boolean).join(' ')],
  ]);
}

const endings: Readonly<Record<RetiredResult, string>> = {
  delivered: 'It was delivered.',
  failed: 'It was refused for good.',
  expired: 'It was given up: its time was over.',
  'given-up': 'An administrator gave it up.',
  suppressed: 'It was not sent: the account does not send to this address (posthorn queue suppress list).',
  dropped: 'An administrator dropped it; nobody was told.',
};

function printEnd({ story, attempts, result, reports }: RetiredEntry): string {
  const end = endings[result];
  const whole = story.length === 0 ? `It was not tried. ${end}` : `${printTries(story, attempts)}\n\n${end}`;
  return [whole, ...reports.map(printReport)].join('\n\n');
}

function printReport({ atMs, action, status, host, text, recipient }: ReturnedReport): string {
  const when = moment(atMs);
  if (action === 'unrecognized') return `${when}: something came back that is no report about one recipient.`;
  const about = recipient === undefined ? '' : ` ${recipient}`;
  return [`${when}: a report came back: ${action}${about}, ${status ?? ''}`, `  ${host ?? ''}: ${text ?? ''}`].join(
    '\n',
  );
}

/** Moments as text; the rest as it is. */
function retiredForPrograms({ message, endedAtMs, story, reports, ...rest }: RetiredEntry): object {
  const { queuedAtMs, ...ofMessage } = message;
  return {
    ...rest,
    message: { ...ofMessage, queued: new Date(queuedAtMs).toISOString() },
    ended: new Date(endedAtMs).toISOString(),
    story: storyForPrograms(story),
    reports: reports.map(({ atMs, ...report }) => ({ at: new Date(atMs).toISOString(), ...report })),
  };
}
