/** Ten clients that do what clients do, all in one mailbox, each waiting for its answer before the next command. */
import { append, type ImapClient } from '../clients/imap-client.ts';
import { randomFrom, stampMessage } from '../corpus.ts';
import type { Bench, Done, Scenario } from '../scenario.ts';

const mailbox = 'bench-mixed';
const elsewhere = 'bench-mixed-copies';
const clients = 10;
/** Messages at the beginning; commands add and remove about as many. */
const messages = 500;

/** One command of a client that knows how many messages there are, about. */
type Step = (client: ImapClient, exists: number, random: () => number) => Promise<unknown>;

/** Weight and command. Commands that name a message which is gone by now may answer NO; that counts too. */
const steps: readonly (readonly [number, string, Step])[] = [
  [8, 'append', async (client, _exists, random) => client.must(append(mailbox, [message(random)]))],
  [
    20,
    'fetch list',
    (client, exists, random) => client.command(`FETCH ${some(exists, 50, random)} (UID FLAGS ENVELOPE)`),
  ],
  [12, 'fetch one', (client, exists, random) => client.command(`FETCH ${one(exists, random)} (UID BODY.PEEK[])`)],
  [
    8,
    'fetch parts',
    (client, exists, random) =>
      client.command(`FETCH ${some(exists, 10, random)} (BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (REFERENCES)])`),
  ],
  [
    16,
    'store',
    (client, exists, random) => client.command(`STORE ${one(exists, random)} ${sign(random)}FLAGS (\\Seen)`),
  ],
  [4, 'copy', (client, exists, random) => client.command(`COPY ${some(exists, 5, random)} "${elsewhere}"`)],
  [8, 'delete', (client, exists, random) => client.command(`STORE ${one(exists, random)} +FLAGS.SILENT (\\Deleted)`)],
  [4, 'expunge', (client) => client.command('EXPUNGE')],
  [4, 'search flags', (client) => client.command('SEARCH UNSEEN UNDELETED')],
  [2, 'search from', (client) => client.command('SEARCH FROM "eriksen"')],
  [2, 'search text', (client) => client.command('SEARCH TEXT "quokka"')],
  [4, 'status', (client) => client.command(`STATUS "${elsewhere}" (MESSAGES UNSEEN UIDNEXT)`)],
  [8, 'noop', (client) => client.command('NOOP')],
];
const weight = steps.reduce((sum, [each]) => sum + each, 0);

let composed: readonly Buffer[] = [];
let stamp = Date.now() * 1000;

/** One of the messages that were made before the clock ran, unlike any that was sent. */
function message(random: () => number): Buffer {
  return stampMessage(composed[Math.floor(random() * composed.length)] ?? Buffer.alloc(0), stamp++);
}

const one = (exists: number, random: () => number): number => 1 + Math.floor(random() * Math.max(1, exists));

function some(exists: number, count: number, random: () => number): string {
  const from = one(Math.max(1, exists - count), random);
  return `${from}:${Math.min(Math.max(1, exists), from + count - 1)}`;
}

const sign = (random: () => number): string => (random() < 0.5 ? '+' : '-');

function choose(random: () => number): Step {
  let at = random() * weight;
  for (const [each, , step] of steps) if ((at -= each) < 0) return step;
  return (client) => client.command('NOOP');
}

/** Follows EXISTS and EXPUNGE, then does one command after another until the time is over. */
async function act(bench: Bench, number: number, until: number): Promise<{ commands: number; refused: number }> {
  const random = randomFrom(number + 1);
  const client = await bench.imap();
  let exists = 0;
  const follow = (line: string): void => {
    const [, count, what] = /^\* (\d+) (EXISTS|EXPUNGE)/.exec(line) ?? [];
    if (what === 'EXISTS') exists = Number(count);
    else if (what === 'EXPUNGE') exists--;
  };
  client.onUntagged = follow;
  await client.must(`SELECT "${mailbox}"`, follow);
  let [commands, refused] = [0, 0];
  while (performance.now() < until) {
    const done = await choose(random)(client, exists, random);
    commands++;
    if (typeof done === 'object' && done !== null && 'ok' in done && !done.ok) refused++;
  }
  await client.close();
  return { commands, refused };
}

async function load(bench: Bench): Promise<Done> {
  const seconds = Math.max(2, bench.count(30));
  const stop = await bench.startClock();
  const begun = performance.now();
  const done = await Promise.all(
    Array.from({ length: clients }, (_each, number) => act(bench, number, begun + seconds * 1000)),
  );
  const sum = (pick: (each: { commands: number; refused: number }) => number): number =>
    done.reduce((total, each) => total + pick(each), 0);
  const commands = sum((each) => each.commands);
  return { ops: commands, ...stop(), figures: { 'refused %': (100 * sum((each) => each.refused)) / commands } };
}

export const imapMixedScenarios: readonly Scenario[] = [
  {
    name: 'mixed',
    title: 'ten clients for 30 s in one mailbox: append, fetch, store, copy, expunge, search',
    quick: false,
    async prepare(bench) {
      composed = bench.messages(500);
      await bench.emptyMailbox(mailbox);
      await bench.emptyMailbox(elsewhere);
      await bench.fill(mailbox, messages);
    },
    run: load,
  },
];
