import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasVectors, readOracle, readVectorMessage } from '../../src/mime/testing/vector-messages.ts';
import { startDovecot, whyNoDovecot, type Dovecot } from '../interop/dovecot.ts';
import { Chance } from '../model/chance.ts';
import { ComparedMailbox, type Difference } from './compare-mailbox.ts';
import { enterPeer, type ImapPeer } from './imap-peer.ts';
import { reasonFor } from './known-differences.ts';
import { oddMessage } from './odd-message.ts';
import { enterOwn } from './own-peer.ts';
import { Remix } from './remix.ts';

const missing = hasVectors ? whyNoDovecot() : '../shared/vectors is not here';
const maxBytes = 8000;

/** Short: always the same messages. More, and with other seeds: test/soak/differential.test.ts. */
describe.skipIf(missing !== undefined)(
  `the same answers as Dovecot${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let dovecot: Dovecot;
    let reference: ImapPeer;
    let own: Awaited<ReturnType<typeof enterOwn>>;
    let real: readonly string[];

    beforeAll(async () => {
      real = readOracle()
        .filter(({ size }) => size > 0 && size < maxBytes)
        .map(({ path }) => readVectorMessage(path).toString('latin1').replaceAll('\0', ' '));
      dovecot = await startDovecot();
      own = await enterOwn();
      const login = { user: 'ann@example.test', password: 'a long password' };
      reference = await enterPeer({ name: 'dovecot', port: dovecot.imap, ...login });
    });
    afterAll(async () => {
      reference.close();
      await own.end();
      await dovecot[Symbol.asyncDispose]();
    });

    const faults = (all: readonly Difference[]): Difference[] => all.filter((each) => reasonFor(each) === undefined);

    test('real messages taken apart and put together anew', async () => {
      const chance = new Chance(2);
      const remix = new Remix(real, true);
      const messages = Array.from({ length: 150 }, () => remix.next(chance)).filter((message) => message !== '');
      const mailbox = await ComparedMailbox.fill(own, [reference], messages);
      expect(mailbox.messages.length).toBeGreaterThan(140);
      expect(faults(await mailbox.compareMessages())).toEqual([]);
    });

    test('invented messages: the octets of header, text and all parts', async () => {
      const chance = new Chance(5);
      const messages = Array.from({ length: 150 }, () => oddMessage(chance));
      const mailbox = await ComparedMailbox.fill(own, [reference], messages);
      const all = await mailbox.compareMessages();
      expect(all.filter(({ at }) => !at.startsWith('.'))).toEqual([]);
    });

    test('SEARCH, SORT and THREAD', async () => {
      const chance = new Chance(7);
      const messages = Array.from({ length: 120 }, () => chance.pick(real));
      const mailbox = await ComparedMailbox.fill(own, [reference], messages);
      const found: Difference[] = [];
      for (const command of [...searches(mailbox.messages, chance), ...orders]) {
        const difference = await mailbox.compareCommand(command);
        if (difference !== undefined) found.push(difference);
      }
      expect(found).toEqual([]);
    });
  },
);

const orders = [
  ...[
    'ARRIVAL',
    'CC',
    'DATE',
    'FROM',
    'SIZE',
    'SUBJECT',
    'TO',
    'REVERSE DATE',
    'REVERSE FROM SIZE',
    'SUBJECT DATE',
  ].map((keys) => `SORT (${keys}) UTF-8 ALL`),
  ...['ORDEREDSUBJECT', 'REFERENCES'].map((algorithm) => `THREAD ${algorithm} UTF-8 ALL`),
];

/** Words of the messages, looked for where they may be. */
function searches(messages: readonly string[], chance: Chance): string[] {
  const commands = ['SENTSINCE 1-Jan-2003', 'SENTON 22-Aug-2002', 'LARGER 2000', 'SMALLER 3000', 'HEADER Sender ""'];
  for (let count = 0; count < 40; count++) {
    const words = chance.pick(messages).match(/[A-Za-z0-9@.]{3,12}/g) ?? [];
    const field = chance.pick(['Subject', 'From', 'To', 'Received', 'Message-ID', 'Content-Type', 'Date']);
    if (words.length > 0)
      commands.push(`${chance.pick(['SUBJECT', 'FROM', 'TO', 'CC', `HEADER ${field}`])} "${chance.pick(words)}"`);
  }
  return commands.map((command) => `SEARCH ${command}`);
}
