import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';

interface Known {
  readonly number: number;
  readonly ARRIVAL: number;
  readonly DATE: number;
  readonly FROM: string;
  readonly TO: string;
  readonly SUBJECT: string;
  readonly SIZE: number;
}

const keys = ['ARRIVAL', 'DATE', 'FROM', 'TO', 'SUBJECT', 'SIZE'] as const;
const count = 1200;
let stage: Stage;
let client: ScriptedConnection<unknown>;
const known: Known[] = [];

beforeAll(async () => {
  stage = await openStage();
  const actor = await stage.newActor();
  const inbox = await stage.store.findMailbox(actor.accountId, 'INBOX');
  if (inbox === undefined) throw new Error('no INBOX');
  const requests = [];
  for (let number = 1; number <= count; number++) {
    // Spread as if by chance, many of them equal.
    const spread = Math.imul(number, 2_654_435_761) >>> 8;
    const message = {
      number,
      ARRIVAL: 1_600_000_000_000 + (spread % 40) * 1000,
      DATE: 1_500_000_000_000 + (spread % 37) * 1000,
      FROM: `from${spread % 7}`,
      TO: spread % 3 === 0 ? '' : `to${spread % 5}`,
      SUBJECT: `subject ${spread % 11}`,
    };
    const lines = [
      `From: Somebody <${number % 2 === 0 ? message.FROM.toUpperCase() : message.FROM}@example.org>`,
      `Subject: ${number % 3 === 0 ? 'Re: ' : ''}${message.SUBJECT}`,
      `Date: ${new Date(message.DATE).toUTCString().replace('GMT', '+0000')}`,
      ...(message.TO === '' ? [] : [`To: ${message.TO}@example.org`]),
    ];
    const octets = Buffer.from(`${lines.join('\r\n')}\r\n\r\n${'x'.repeat(spread % 50)}\r\n`);
    known.push({ ...message, SIZE: octets.length });
    const target = { accountId: actor.accountId, mailbox: inbox.id, flags: 0, keywords: [], prefix: '' };
    requests.push({
      message: { kind: 'octets' as const, octets },
      targets: [{ ...target, receivedAtMs: message.ARRIVAL }],
    });
  }
  await stage.store.appendAll(requests);
  client = await actor.enter();
  await client.send('s SELECT INBOX\r\n');
}, 60_000);
afterAll(async () => {
  client.end();
  await stage.close();
});

const criterion = fc.record({ key: fc.constantFrom(...keys), reverse: fc.boolean() });

test('SORT is the plainest sort by the criteria, one after the other, then by number', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(criterion, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: count }),
      fc.integer({ min: 1, max: count }),
      async (criteria, a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const want = known.slice(first - 1, last).sort((x, y) => {
          for (const { key, reverse } of criteria) {
            if (x[key] !== y[key]) return x[key] < y[key] === reverse ? 1 : -1;
          }
          return x.number - y.number;
        });
        const text = criteria.map(({ key, reverse }) => `${reverse ? 'REVERSE ' : ''}${key}`).join(' ');
        const [line] = (await client.send(`a SORT (${text}) UTF-8 ${a}:${b}\r\n`)).split('\r\n');
        expect(line).toBe(['* SORT', ...want.map(({ number }) => number)].join(' '));
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
