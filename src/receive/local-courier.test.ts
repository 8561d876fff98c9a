import { expect, test } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { Batch } from '../queue/courier.ts';
import type { Outcome, QueueId } from '../queue/queued.ts';
import { testEntry } from '../queue/test-entries.ts';
import { createLocalCourier } from './local-courier.ts';
import { TestDirectory } from './test-directory.ts';
import { TestStore } from './test-store.ts';

function stage() {
  const store = new TestStore();
  const directory = new TestDirectory();
  const services = { store, directory, clock: systemClock, log: silentLog, hostname: 'mail.example.org' };
  return { store, directory, courier: createLocalCourier(services) };
}

function batchFor(
  recipients: readonly string[],
  text = 'Subject: hello\r\n\r\nhello\r\n',
  returnPath = 'ann@example.org',
): Batch {
  const octets = Buffer.from(text);
  const entries = recipients.map((recipient, index) =>
    testEntry({ id: (index + 1) as QueueId, recipient, returnPath }),
  );
  return {
    message: testEntry().message,
    entries,
    transport: { kind: 'local', name: 'local' },
    open: () =>
      Promise.resolve({
        prefix: Buffer.from('DKIM-Signature: x\r\n'),
        originalBytes: octets.length,
        partMap: '',
        read: (start: number, end: number) => Promise.resolve(octets.subarray(start, end)),
        close: () => undefined,
      }),
  };
}

async function deliver({ courier }: ReturnType<typeof stage>, batch: Batch): Promise<readonly Outcome[]> {
  const all: Outcome[] = [];
  await courier.deliver(
    batch,
    (outcomes) => {
      all.push(...outcomes);
      return Promise.resolve();
    },
    new AbortController().signal,
  );
  return all.toSorted((a, b) => a.id - b.id);
}

test('each recipient of ours gets a copy in one append, with what was put in front on the way', async () => {
  const on = stage();
  const outcomes = await deliver(on, batchFor(['bob@example.org', 'cat@example.org']));
  expect(outcomes).toMatchObject([{ result: 'delivered', dsn: 'final' }, { result: 'delivered' }]);
  expect(on.store.appends).toBe(1);
  expect(on.store.copies.map(({ prefix, text }) => prefix + text)).toEqual(
    ['bob', 'cat'].map(
      (name) =>
        `Delivered-To: ${name}@example.org\r\nReturn-Path: <ann@example.org>\r\nDKIM-Signature: x\r\nSubject: hello\r\n\r\nhello\r\n`,
    ),
  );
  expect(on.store.openSpools).toBe(0);
});

test('who cannot have it is told apart: unknown, full, disabled, no address', async () => {
  const on = stage();
  on.store.full.add(2);
  const batch = batchFor([
    'ann@example.org',
    'bob@example.org',
    'nobody@example.org',
    'x@disabled.example',
    'no address',
  ]);
  expect(await deliver(on, batch)).toMatchObject([
    { result: 'delivered' },
    { result: 'later', status: '4.2.2', reply: { code: 452, host: 'mail.example.org' } },
    { result: 'failed', status: '5.1.1', reply: { code: 550 } },
    { result: 'later', status: '4.2.1' },
    { result: 'failed', status: '5.1.3' },
  ]);
});

test('a message of the null path says so', async () => {
  const on = stage();
  await deliver(on, batchFor(['bob@example.org'], undefined, ''));
  expect(on.store.copies[0]?.prefix).toContain('Return-Path: <>\r\n');
});

test('a message that went round in circles ends', async () => {
  const on = stage();
  const text = `${'Received: again\r\n'.repeat(101)}\r\nhello\r\n`;
  expect(await deliver(on, batchFor(['bob@example.org'], text))).toMatchObject([{ result: 'failed', status: '5.4.6' }]);
  expect(on.store.openSpools).toBe(0);
});

test('when the store fails nothing is recorded, and the error is the queue’s to see', async () => {
  const on = stage();
  on.store.failAppend = new Error('broken');
  await expect(deliver(on, batchFor(['bob@example.org']))).rejects.toThrow('broken');
});
