import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Spooled } from '../../src/store/spool.ts';
import { printDay } from '../../src/wire/imap/imap-date.ts';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

/** What the test knows of a message; the server is asked over IMAP. */
interface Known {
  readonly uid: number;
  readonly flags: Set<string>;
  readonly receivedAtMs: number;
  /** Date as written, as if UTC. */
  readonly writtenMs: number | undefined;
  readonly sizeBytes: number;
  readonly from: string;
  readonly subject: string;
  readonly body: string;
}

type Key =
  | { readonly text: string; readonly matches: (message: Known, number: number) => boolean }
  | { readonly not: Key }
  | { readonly or: readonly [Key, Key] }
  | { readonly and: readonly Key[] };

const dayMs = 86_400_000;
const firstDay = Date.UTC(2023, 0, 1);
const count = 2300;
const flagNames = ['\\Seen', '\\Answered', '\\Flagged', '\\Draft', '$Junk', 'work'];
const words = ['alpha', 'beta', 'Gr\u00fc\u00dfe', 'delta', 'omega'];

/** The plainest way to answer a search. */
function matches(key: Key, message: Known, number: number): boolean {
  if ('text' in key) return key.matches(message, number);
  if ('not' in key) return !matches(key.not, message, number);
  if ('or' in key) return key.or.some((each) => matches(each, message, number));
  return key.and.every((each) => matches(each, message, number));
}

function print(key: Key): string {
  if ('text' in key) return key.text;
  if ('not' in key) return `NOT ${print(key.not)}`;
  if ('or' in key) return `OR ${print(key.or[0])} ${print(key.or[1])}`;
  return `(${key.and.map(print).join(' ')})`;
}

const fold = (text: string): string => text.toLowerCase();
const key = (text: string, test: (message: Known, number: number) => boolean): Key => ({ text, matches: test });

function dateKey(name: string, day: number, ms: (message: Known) => number | undefined): Key {
  const start = firstDay + day * dayMs;
  return key(`${name} ${printDay(start)}`, (message) => {
    const at = ms(message);
    if (at === undefined) return false;
    if (name.endsWith('BEFORE')) return at < start;
    return name.endsWith('SINCE') ? at >= start : at >= start && at < start + dayMs;
  });
}

const number = fc.integer({ min: 1, max: count - 20 });
const leaf: fc.Arbitrary<Key> = fc.oneof(
  fc.constant(key('ALL', () => true)),
  fc.constantFrom(...flagNames).chain((flag) =>
    fc.boolean().map((set) => {
      const name = flag.startsWith('\\')
        ? `${set ? '' : 'UN'}${flag.slice(1).toUpperCase()}`
        : `${set ? '' : 'UN'}KEYWORD ${flag}`;
      return key(name, (message) => message.flags.has(flag) === set);
    }),
  ),
  fc
    .tuple(number, number)
    .map(([a, b]) => key(`${a}:${b}`, (_message, at) => at >= Math.min(a, b) && at <= Math.max(a, b))),
  fc.tuple(number, number).map(([a, b]) => key(`UID ${a},${b}:*`, ({ uid }) => uid === a || uid >= b)),
  fc.integer({ min: 0, max: 600 }).map((bytes) => key(`LARGER ${bytes}`, (message) => message.sizeBytes > bytes)),
  fc.integer({ min: 0, max: 600 }).map((bytes) => key(`SMALLER ${bytes}`, (message) => message.sizeBytes < bytes)),
  fc
    .tuple(fc.constantFrom('BEFORE', 'ON', 'SINCE'), fc.integer({ min: -1, max: 12 }))
    .map(([name, day]) => dateKey(name, day, (message) => message.receivedAtMs)),
  fc
    .tuple(fc.constantFrom('SENTBEFORE', 'SENTON', 'SENTSINCE'), fc.integer({ min: -1, max: 12 }))
    .map(([name, day]) => dateKey(name, day, (message) => message.writtenMs)),
  fc.constantFrom(...words, 'nowhere').chain((word) =>
    fc.constantFrom(
      key(`BODY "${word}"`, ({ body }) => fold(body).includes(fold(word))),
      key(`SUBJECT "${word}"`, ({ subject }) => fold(subject).includes(fold(word))),
      key(`TEXT "${word.toUpperCase()}"`, ({ subject, body }) =>
        fold(`${subject}\n${body}`).includes(fold(word.toUpperCase())),
      ),
    ),
  ),
  fc.constantFrom('ann', 'bob', 'carl').map((name) => key(`FROM ${name}`, ({ from }) => from.includes(name))),
);

const { key: anyKey } = fc.letrec<{ key: Key }>((tie) => ({
  key: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    leaf,
    tie('key').map((not): Key => ({ not })),
    fc.tuple(tie('key'), tie('key')).map((or): Key => ({ or })),
    fc.array(tie('key'), { minLength: 1, maxLength: 4 }).map((and): Key => ({ and })),
  ),
}));

/** Each time the same numbers, spread as if by chance. */
function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x80000000;
}

describe('SEARCH against the plainest evaluation', () => {
  let stage: Stage;
  let actor: Actor;
  let client: ScriptedConnection<unknown>;
  let known: Known[] = [];

  beforeAll(async () => {
    stage = await openStage();
    actor = await stage.newActor();
    const made = Array.from({ length: count }, (_each, i) => makeMessage(i + 1, chance(i + 7)));
    const inbox = await stage.store.findMailbox(actor.accountId, 'INBOX');
    if (inbox === undefined) throw new Error('no INBOX');
    await stage.store.appendAll(
      made.map(({ message, octets }) => ({
        message: { kind: 'octets', octets } satisfies Spooled,
        targets: [
          {
            accountId: actor.accountId,
            mailbox: inbox.id,
            flags: 0,
            keywords: [],
            receivedAtMs: message.receivedAtMs,
            prefix: '',
          },
        ],
      })),
    );
    known = made.map(({ message }) => message);
    for (const flag of flagNames) {
      const [first, last] = [flagNames.indexOf(flag) * 40 + 1, flagNames.indexOf(flag) * 390 + 300];
      await actor.mark('INBOX', first, last, flag);
      for (const { uid, flags } of known) if (uid >= first && uid <= last) flags.add(flag);
    }
    client = await actor.enter();
    await client.send('s SELECT INBOX\r\n');
    // Gone, and the client is not told while it searches by number.
    await actor.expunge('INBOX', 5, 9);
    await actor.expunge('INBOX', 1000, 1001);
  });
  afterAll(async () => {
    client.end();
    await stage.close();
  });

  test('every key, every combination', async () => {
    await fc.assert(
      fc.asyncProperty(anyKey, async (asked) => {
        const found = known
          .map((message, at) => ({ message, number: at + 1 }))
          .filter(({ message: { uid } }) => !(uid >= 5 && uid <= 9) && uid !== 1000 && uid !== 1001)
          .filter(({ message, number: at }) => matches(asked, message, at))
          .map(({ number: at }) => at);
        const text = Buffer.from(print(asked), 'utf8').toString('latin1');
        const [search] = (await client.send(`a SEARCH ${text}\r\n`)).split('\r\n');
        expect(search).toBe(['* SEARCH', ...found].join(' '));
        const min = found[0];
        const max = found.at(-1);
        const ends = await client.send(
          `a SEARCH RETURN (MIN) ${text}\r\nb SEARCH RETURN (MAX) ${text}\r\nc SEARCH RETURN (MIN MAX) ${text}\r\nd SEARCH RETURN (MAX COUNT) ${text}\r\n`,
        );
        const item = (name: string, value: number | undefined): string =>
          value === undefined ? '' : ` ${name} ${value}`;
        expect(ends.split('\r\n').filter((line) => line.startsWith('*'))).toEqual([
          `* ESEARCH (TAG "a")${item('MIN', min)}`,
          `* ESEARCH (TAG "b")${item('MAX', max)}`,
          `* ESEARCH (TAG "c")${item('MIN', min)}${item('MAX', max)}`,
          `* ESEARCH (TAG "d")${item('MAX', max)} COUNT ${found.length}`,
        ]);
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

function makeMessage(uid: number, next: () => number): { message: Known; octets: Uint8Array } {
  next();
  const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;
  const offset = pick([-720, -300, 0, 60, 330, 840]);
  const hasDate = next() > 0.1;
  const writtenMs = firstDay + Math.floor(next() * 11 * dayMs);
  const from = `${pick(['ann', 'bob', 'carl'])}@example.org`;
  const subject = pick(words);
  const body = `${pick(words)} ${pick(words)} ${'x'.repeat(Math.floor(next() * 300))}`;
  const header = [`From: ${from}`, `Subject: ${subject}`, 'Content-Type: text/plain; charset=utf-8'];
  if (hasDate) header.push(`Date: ${printDate(writtenMs, offset)}`);
  const octets = Buffer.from(`${header.join('\r\n')}\r\n\r\n${body}\r\n`, 'utf8');
  const message: Known = {
    uid,
    flags: new Set(),
    receivedAtMs: firstDay + Math.floor(next() * 11 * dayMs),
    writtenMs: hasDate ? Math.floor(writtenMs / 1000) * 1000 : undefined,
    sizeBytes: octets.length,
    from,
    subject,
    body,
  };
  return { message, octets };
}

function printDate(writtenMs: number, offsetMinutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const zone = Math.abs(offsetMinutes);
  const time = new Date(writtenMs).toUTCString().replace(/GMT$/, '');
  return `${time}${offsetMinutes < 0 ? '-' : '+'}${two(Math.floor(zone / 60))}${two(zone % 60)}`;
}
