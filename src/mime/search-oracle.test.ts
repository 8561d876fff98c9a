import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { decodeHeaderText } from './decode-words.ts';
import { foldForSearch } from './fold-for-search.ts';
import { findFields } from './parse-header.ts';
import type { Part } from './part.ts';
import { scanMessage } from './scan-message.ts';
import { summarizeMessage } from './summarize-message.ts';
import type { MessageSummary } from './summarize-message.ts';
import { hasVectors, readVectorMessage, vectorsFolder } from './testing/vector-messages.ts';
import { wholeText } from './testing/whole-text.ts';

/** SEARCH and SORT answers of two reference servers over 847 real messages: what our decoded texts, dates and subjects give. */

type Answer = number[] | { a: number[]; b: number[] };
interface Oracle {
  readonly mailbox: readonly { readonly seq: number; readonly path: string }[];
  readonly agreed: Readonly<Record<string, Answer>>;
  readonly disputed: Readonly<Record<string, Answer>>;
}
interface Entry {
  readonly seq: number;
  readonly size: number;
  readonly part: Part;
  readonly summary: MessageSummary;
  readonly headers: string;
  readonly body: string;
}

let oracle: Oracle;
const entries: Entry[] = [];

describe.skipIf(!hasVectors)('SEARCH and SORT oracle (skipped where ../shared/vectors is missing)', () => {
  beforeAll(async () => {
    oracle = JSON.parse(readFileSync(join(vectorsFolder, 'imap-oracle/search-sort-thread.json'), 'utf8')) as Oracle;
    for (const { seq, path } of oracle.mailbox) {
      const octets = readVectorMessage(path);
      const part = scanMessage(octets);
      const text = await wholeText((start, end) => octets.subarray(start, end), part);
      entries.push({
        seq,
        size: octets.length,
        part,
        summary: summarizeMessage(part, octets.subarray(0, 65_536)),
        headers: foldForSearch(text.headers),
        body: foldForSearch(text.body),
      });
    }
  });

  const search = (matches: (entry: Entry) => boolean): number[] => entries.filter(matches).map(({ seq }) => seq);
  const inField = (name: string, text: string) => (entry: Entry) =>
    findFields(entry.part.header, name).some(({ raw }) =>
      foldForSearch(decodeHeaderText(raw)).includes(foldForSearch(text)),
    );
  const sentDay = ({ summary }: Entry): string | undefined =>
    summary.sentAtMs === undefined
      ? undefined
      : new Date(summary.sentAtMs + (summary.sentOffsetMinutes ?? 0) * 60_000).toISOString().slice(0, 10);

  const searches: readonly [string, (entry: Entry) => boolean][] = [
    ['SEARCH SENTBEFORE 1-Sep-2002', (entry) => (sentDay(entry) ?? '9') < '2002-09-01'],
    ['SEARCH SENTSINCE 1-Oct-2002', (entry) => (sentDay(entry) ?? '0') >= '2002-10-01'],
    ['SEARCH SENTON 10-Sep-2002', (entry) => sentDay(entry) === '2002-09-10'],
    ['SEARCH FROM "tim"', inField('from', 'tim')],
    ['SEARCH TO "spambayes"', inField('to', 'spambayes')],
    ['SEARCH CC "exmh"', inField('cc', 'exmh')],
    ['SEARCH SUBJECT "linux"', inField('subject', 'linux')],
    ['SEARCH SUBJECT "Re: [ILUG]"', inField('subject', 'Re: [ILUG]')],
    ['SEARCH SUBJECT "spam"', inField('subject', 'spam')],
    ['SEARCH HEADER List-Id ""', inField('list-id', '')],
    ['SEARCH HEADER X-Mailer "Evolution"', inField('x-mailer', 'Evolution')],
    ['SEARCH HEADER Content-Type "html"', inField('content-type', 'html')],
    ['SEARCH HEADER Content-Type "multipart"', inField('content-type', 'multipart')],
    ['SEARCH FROM "@"', inField('from', '@')],
    ['SEARCH TEXT "mailman"', ({ headers, body }) => headers.includes('mailman') || body.includes('mailman')],
    ['SEARCH BODY "sitescooper"', ({ body }) => body.includes('sitescooper')],
    ['SEARCH BODY "\\"quoted"', ({ body }) => body.includes('"quoted')],
  ];
  for (const [command, matches] of searches) {
    test(command, () => expect(search(matches)).toEqual(oracle.agreed[command]));
  }

  /** Where the servers differ, ours must find what both find and nothing that neither finds. */
  const disputed: readonly [string, (entry: Entry) => boolean][] = [
    ['SEARCH TEXT "Python"', ({ headers, body }) => headers.includes('python') || body.includes('python')],
    ['SEARCH BODY "perl"', ({ body }) => body.includes('perl')],
    ['SEARCH BODY "free software"', ({ body }) => body.includes('free software')],
    ['SEARCH TEXT "café"', ({ headers, body }) => headers.includes('café') || body.includes('café')],
    ['SEARCH NOT BODY "the"', ({ body }) => !body.includes('the')],
  ];
  for (const [command, matches] of disputed) {
    test(command, () => {
      const answer = oracle.disputed[command];
      if (answer === undefined || Array.isArray(answer)) throw new Error('not disputed');
      const ours = new Set(search(matches));
      expect({
        missing: answer.a.filter((seq) => answer.b.includes(seq) && !ours.has(seq)),
        extra: [...ours].filter((seq) => !answer.a.includes(seq) && !answer.b.includes(seq)),
      }).toEqual({ missing: [], extra: [] });
    });
  }

  const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
  const sorts: readonly [string, (a: Entry, b: Entry) => number][] = [
    ['SORT DATE', (a, b) => compare(a.summary.sentAtMs ?? 0, b.summary.sentAtMs ?? 0)],
    ['SORT REVERSE DATE', (a, b) => compare(b.summary.sentAtMs ?? 0, a.summary.sentAtMs ?? 0)],
    ['SORT TO', (a, b) => compare(a.summary.sortTo, b.summary.sortTo)],
    ['SORT CC', (a, b) => compare(a.summary.sortCc, b.summary.sortCc)],
    ['SORT REVERSE SIZE SUBJECT', (a, b) => b.size - a.size || compare(a.summary.baseSubject, b.summary.baseSubject)],
    ['SORT SUBJECT', (a, b) => compare(a.summary.baseSubject.toUpperCase(), b.summary.baseSubject.toUpperCase())],
    ['SORT FROM', (a, b) => compare(a.summary.sortFrom, b.summary.sortFrom)],
  ];
  for (const [command, order] of sorts) {
    test(command, () => {
      const ours = entries.toSorted((a, b) => order(a, b) || a.seq - b.seq).map(({ seq }) => seq);
      const answer = oracle.agreed[command] ?? oracle.disputed[command];
      if (answer === undefined) throw new Error('not in the oracle');
      const answers = Array.isArray(answer) ? [answer] : [answer.a, answer.b];
      expect(answers).toContainEqual(ours);
    });
  }
});
