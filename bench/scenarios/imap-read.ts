/** Reading by IMAP: SELECT, FETCH, SEARCH, at 10,000 and 100,000 messages. */
import { rareSubject, rareWord } from '../corpus.ts';
import type { Bench, Done, Scenario } from '../scenario.ts';
import { filledMailboxes, tenThousand, type FilledMailbox } from './filled-mailboxes.ts';

const fill = (size: FilledMailbox) => (bench: Bench) => bench.fill(size.mailbox, bench.count(size.messages));

/** Seconds and response lines of one command on a mailbox that was selected before the clock started. */
async function timed(bench: Bench, size: FilledMailbox, command: string): Promise<Done> {
  return bench.withImap(async (client) => {
    const octets = client.octetsIn;
    const stop = await bench.startClock();
    const { untagged } = await client.must(command);
    const taken = stop();
    if (untagged < bench.count(size.messages)) throw new Error(`only ${untagged} responses to ${command}`);
    return { ops: untagged, ...taken, figures: { 'MB/s': (client.octetsIn - octets) / 1e6 / taken.seconds } };
  }, size.mailbox);
}

async function select(bench: Bench, size: FilledMailbox): Promise<Done> {
  return bench.withImap(async (client) => {
    const stop = await bench.startClock();
    await client.must(`SELECT "${size.mailbox}"`);
    const taken = stop();
    return { ops: 1, ...taken, figures: { ms: taken.seconds * 1000 } };
  });
}

async function selectAgain(bench: Bench, size: FilledMailbox): Promise<Done> {
  return bench.withImap(async (client) => {
    const ops = 20;
    let seconds = 0;
    const stop = await bench.startClock();
    for (let i = 0; i < ops; i++) {
      await client.must('UNSELECT');
      const begun = performance.now();
      await client.must(`SELECT "${size.mailbox}"`);
      seconds += (performance.now() - begun) / 1000;
    }
    return { ops, ...stop(), seconds, figures: { ms: (seconds / ops) * 1000 } };
  }, size.mailbox);
}

function readScenarios(size: FilledMailbox): Scenario[] {
  const { suffix, quick } = size;
  const base = { quick, prepare: fill(size) };
  const afterRestart = {
    quick,
    needs: 'control',
    async prepare(bench: Bench): Promise<void> {
      await fill(size)(bench);
      await bench.target.control?.restart();
    },
  } as const;
  const fetch = (items: string) => (bench: Bench) => timed(bench, size, `FETCH 1:* ${items}`);
  return [
    {
      ...afterRestart,
      name: `select-cold-${suffix}`,
      title: 'SELECT, first after a restart',
      run: (b) => select(b, size),
    },
    { ...base, name: `select-${suffix}`, title: 'SELECT, again', run: (b) => selectAgain(b, size) },
    {
      ...afterRestart,
      name: `fetch-envelope-cold-${suffix}`,
      title: 'FETCH (UID FLAGS ENVELOPE) of all, first after a restart',
      run: fetch('(UID FLAGS ENVELOPE)'),
    },
    {
      ...base,
      name: `fetch-envelope-${suffix}`,
      title: 'FETCH (UID FLAGS ENVELOPE) of all',
      run: fetch('(UID FLAGS ENVELOPE)'),
    },
    { ...base, name: `fetch-flags-${suffix}`, title: 'FETCH (UID FLAGS) of all', run: fetch('(UID FLAGS)') },
    {
      ...base,
      name: `fetch-sync-${suffix}`,
      title: 'first sync of a client: FLAGS, INTERNALDATE, RFC822.SIZE, ENVELOPE, BODYSTRUCTURE',
      run: fetch('(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE)'),
    },
    {
      ...base,
      name: `fetch-first-${suffix}`,
      title: 'first sync of a client: FLAGS, INTERNALDATE, RFC822.SIZE, BODYSTRUCTURE and the usual header fields',
      run: fetch(
        '(UID FLAGS INTERNALDATE RFC822.SIZE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS ' +
          '(FROM TO CC SUBJECT DATE MESSAGE-ID REFERENCES IN-REPLY-TO LIST-ID)])',
      ),
    },
  ];
}

/** Searches are repeated on one connection; the first of a series is thrown away. */
function search(name: string, title: string, key: string, hits: (messages: number) => number | undefined): Scenario {
  const size = tenThousand;
  return {
    name,
    title,
    quick: true,
    prepare: fill(size),
    run: (bench) =>
      bench.withImap(async (client) => {
        const ops = 5;
        let found = '';
        await client.must(`SEARCH ${key}`, (line) => (found = line));
        const want = hits(bench.count(size.messages));
        const got = found.split(' ').length - 2;
        if (want !== undefined && got !== want) throw new Error(`SEARCH ${key} found ${got}, not ${want}`);
        const stop = await bench.startClock();
        for (let i = 0; i < ops; i++) await client.must(`SEARCH ${key}`);
        const taken = stop();
        return { ops, ...taken, figures: { ms: (taken.seconds / ops) * 1000, hits: got } };
      }, size.mailbox),
  };
}

/** How many of the numbers below `messages` are `remainder` modulo 1000. */
const every1000 = (remainder: number) => (messages: number) => Math.max(0, Math.ceil((messages - remainder) / 1000));

export const imapReadScenarios: readonly Scenario[] = [
  ...filledMailboxes.flatMap(readScenarios),
  {
    name: 'fetch-bodies',
    title: 'UID FETCH 1:* (BODY.PEEK[]) of 10,000',
    quick: true,
    prepare: fill(tenThousand),
    run: (bench) => timed(bench, tenThousand, 'UID FETCH 1:* (BODY.PEEK[])'),
  },
  search('search-text', 'SEARCH TEXT, a word that the index knows', `TEXT ${rareWord}`, every1000(3)),
  search('search-scan', 'SEARCH TEXT of two characters, too short for an index', 'TEXT "#~"', () => 0),
  search('search-subject', 'SEARCH SUBJECT', `SUBJECT ${rareSubject}`, every1000(7)),
  search('search-from', 'SEARCH FROM', 'FROM eriksen', () => undefined),
  search('search-unseen', 'SEARCH UNSEEN', 'UNSEEN', (messages) => messages),
  search('search-since', 'SEARCH SENTSINCE', 'SENTSINCE 20-Jan-2026', () => undefined),
];
