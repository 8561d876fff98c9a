import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import { parseHeader } from '../mime/parse-header.ts';
import type { DeliveryReport } from '../mime/parse-delivery-report.ts';
import type { AccountId } from '../store/ids.ts';
import { openStore } from '../store/open-store.ts';
import type { OutgoingStore } from '../store/queue/outgoing-store.ts';
import type { AppendTarget } from '../store/append-target.ts';
import { StorageFull, type Store } from '../store/store.ts';
import { verifyStore } from '../store/verify/verify-store.ts';
import type { Arriving, Batch, LocalCourier } from './courier.ts';
import { Queue } from './queue.ts';
import { queueSettings, type QueueSettings } from './queue-settings.ts';
import type { Notify, Outcome } from './queued.ts';
import { testEntry, testOutcome, testOutgoing } from './test-entries.ts';

/** What a courier in memory does with each recipient. */
type Behaviour = (
  recipient: string,
  batch: Batch,
) => 'delivered' | 'later' | 'failed' | Promise<'delivered' | 'later' | 'failed'>;

class TestCourier implements LocalCourier {
  readonly tried: string[] = [];
  readonly batches: string[][] = [];
  readonly texts: string[] = [];
  active = 0;
  most = 0;
  behave: Behaviour = () => 'delivered';
  refusal: readonly [code: number, enhanced: string] = [550, '5.1.1'];
  /** What can be filed at once, when there is an account. */
  account: AccountId | undefined;
  readonly arrived: Arriving[] = [];

  planCopies(arriving: Arriving): readonly (readonly AppendTarget[] | undefined)[] {
    this.arrived.push(arriving);
    return arriving.recipients.map(({ recipient }) => {
      if (this.account === undefined || !recipient.startsWith('filed')) return undefined;
      const { account: accountId } = this;
      const mailbox = { name: recipient.startsWith('filed-nowhere') ? 'Nowhere' : 'INBOX', orInbox: false };
      return [{ accountId, mailbox, flags: 0, keywords: [], receivedAtMs: 1, prefix: 'X: y\r\n' }];
    });
  }

  async deliver(batch: Batch, record: (outcomes: readonly Outcome[]) => Promise<void>): Promise<void> {
    this.active += 1;
    this.most = Math.max(this.most, this.active);
    try {
      const reader = await batch.open();
      this.texts.push(Buffer.concat([reader.prefix, await reader.read(0, reader.originalBytes)]).toString('utf8'));
      reader.close();
      this.batches.push(batch.entries.map(({ recipient }) => recipient));
      const outcomes: Outcome[] = [];
      for (const { id, recipient } of batch.entries) {
        this.tried.push(recipient);
        const result = await this.behave(recipient, batch);
        const codes = { delivered: [250, '2.0.0'], later: [450, '4.2.0'], failed: this.refusal } as const;
        const [code, enhanced] = codes[result];
        const outcome = testOutcome(id, result, code, enhanced);
        // A host that cannot be reached says nothing.
        outcomes.push(recipient.includes('@dead') ? { ...outcome, reply: undefined } : outcome);
      }
      await record(outcomes);
    } finally {
      this.active -= 1;
    }
  }
}

interface Stage {
  readonly dataDir: string;
  readonly store: Store;
  readonly queue: Queue;
  readonly courier: TestCourier;
  readonly local: TestCourier;
}

const stages: Stage[] = [];
afterEach(async () => {
  for (const { queue, store, dataDir } of stages.splice(0)) {
    await queue.stop();
    await store.close();
    expect((await verifyStore({ dataDir })).problems).toEqual([]);
  }
});

async function stage(
  given: Partial<QueueSettings> = {},
  options: { readonly dataDir?: string; readonly wrap?: (store: OutgoingStore) => OutgoingStore } = {},
): Promise<Stage> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'posthorn-queue-')));
  const store = await openStore({ dataDir });
  const courier = new TestCourier();
  const local = new TestCourier();
  const settings = queueSettings({ hostname: 'mail.home.example', ...given });
  const queue = new Queue({
    store: options.wrap?.(store.outgoing) ?? store.outgoing,
    settings,
    local,
    remote: courier,
    isLocal: (domain) => domain === 'home.example',
    clock: systemClock,
    log: silentLog,
  });
  const made = { dataDir, store, queue, courier, local };
  stages.push(made);
  return made;
}

/** Tries of a failed entry follow each other at once. */
const impatient = {
  firstWaitMs: 30,
  longestWaitMs: 30,
  giveUpAfterMs: 60_000,
  giveUpReportsAfterMs: 60_000,
  tellDelayAfterMs: 60_000,
};

const empty = ({ queue }: Stage) => vi.waitFor(async () => expect(await queue.count({})).toBe(0), { timeout: 15_000 });

test('what is put in is delivered, as one transaction for each destination, and gone', async () => {
  const on = await stage();
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['a@one.example', 'b@two.example', 'c@one.example', 'd@home.example']));
  await empty(on);
  expect(on.courier.batches.toSorted((a, b) => b.length - a.length)).toEqual([
    ['a@one.example', 'c@one.example'],
    ['b@two.example'],
  ]);
  expect(on.local.tried).toEqual(['d@home.example']);
  expect(on.courier.texts[0]).toBe(
    'Received: by home.example\r\nSubject: Hello\r\n\r\nhello to a@one.example, b@two.example, c@one.example, d@home.example\r\n',
  );
});

test('what has left is in the history with all of its tries, until it is too old', async () => {
  const settings = { schedule: impatient, historyMs: 60_000 };
  const on = await stage(settings);
  let tries = 0;
  on.courier.behave = (recipient) =>
    recipient.startsWith('bad') ? 'failed' : (tries += 1) < 2 ? 'later' : 'delivered';
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['a@one.example']));
  await on.queue.enqueue(testOutgoing(['bad@two.example']));
  await empty(on);
  const found = await on.queue.history.list(
    { accountId: testEntry().message.accountId ?? (0 as AccountId) },
    { limit: 9 },
  );
  expect(found.toSorted((a, b) => a.id - b.id)).toMatchObject([
    {
      recipient: 'a@one.example',
      result: 'delivered',
      attempts: 2,
      message: { subject: 'Hello', headerMessageId: '<1@home.example>' },
      story: [{ result: 'later' }, { result: 'delivered' }],
      ending: { reply: { code: 250 } },
    },
    { recipient: 'bad@two.example', result: 'failed', ending: { status: '5.1.1', reply: { text: 'so be it' } } },
  ]);
  // What its sender was told, of the delay and of the failure, has left as well.
  const told = await on.queue.history.list({ from: '' }, { limit: 9 });
  expect(told.map(({ recipient }) => recipient)).toEqual(['ann@home.example', 'ann@home.example']);
  await on.queue.history.sweep();
  expect(await on.queue.history.list({}, { limit: 9 })).toHaveLength(4);
  on.queue.useSettings(queueSettings({ hostname: 'mail.home.example', ...settings, historyMs: 0 }));
  // As of the next millisecond all of it is old.
  await vi.waitFor(async () => {
    await on.queue.history.sweep();
    expect(await on.queue.history.list({}, { limit: 9 })).toEqual([]);
  });
  await on.queue.enqueue(testOutgoing(['c@one.example']));
  await empty(on);
  expect(await on.queue.history.list({}, { limit: 9 })).toEqual([]);
});

describe('what is learnt of recipients', () => {
  const ann = 7 as AccountId;

  test('three refusals in a row that say nothing of the address suppress it for a week; what is gone, at once', async () => {
    const on = await stage({ schedule: impatient });
    on.queue.start();
    const send = async (recipient: string): Promise<void> => {
      await on.queue.enqueue(testOutgoing([recipient]));
      await empty(on);
    };
    on.courier.refusal = [554, '5.7.1'];
    on.courier.behave = () => 'failed';
    await send('a@one.example');
    await send('a@one.example');
    on.courier.behave = () => 'delivered';
    await send('a@one.example');
    on.courier.behave = () => 'failed';
    await send('a@one.example');
    await send('A@one.example');
    expect(await on.queue.suppressions(ann)).toEqual([]);
    await send('a+detail@one.example');
    const [suppression] = await on.queue.suppressions(ann);
    expect(suppression?.address).toBe('a@one.example');
    expect(suppression?.reason).toBe('3 failures in a row, the last: 554 5.7.1 so be it');
    expect((suppression?.expiresAtMs ?? 0) - (suppression?.createdAtMs ?? 0)).toBe(7 * 24 * 3_600_000);
    on.courier.refusal = [550, '5.1.1'];
    await send('b@one.example');
    expect((await on.queue.suppressions(ann)).map(({ address }) => address)).toEqual([
      'a@one.example',
      'b@one.example',
    ]);
  });

  const report: DeliveryReport = {
    ...{ action: 'failed', status: '5.1.1', code: 550, text: '550 5.1.1 no such user' },
    ...{ recipient: 'a@far.example', host: 'mx.far.example' },
  };

  test('a bounce is noted with the entry whose return path it came to, for the account that sent it, once', async () => {
    const on = await stage();
    on.queue.start();
    const returnPath = 'ann+AbCd@home.example';
    const [first] = testOutgoing(['a@one.example']).recipients;
    if (first === undefined) throw new Error('no recipient');
    const recipients = [{ ...first, returnPath, ownReturnPath: true }];
    await on.queue.enqueue(testOutgoing(['a@one.example'], { recipients }));
    await empty(on);
    expect(await on.queue.bounced({ accountId: 8 as AccountId, returnPath, report })).toBe(false);
    expect(await on.queue.bounced({ accountId: ann, returnPath: 'ann@home.example', report })).toBe(false);
    const delayed = { ...report, action: 'delayed' as const, status: '4.4.1', code: 400 };
    expect(await on.queue.bounced({ accountId: ann, returnPath: returnPath.toLowerCase(), report: delayed })).toBe(
      true,
    );
    expect(await on.queue.suppressions(ann)).toEqual([]);
    expect(await on.queue.bounced({ accountId: ann, returnPath, report })).toBe(true);
    expect(await on.queue.bounced({ accountId: ann, returnPath, report: undefined })).toBe(true);
    expect(await on.queue.suppressions(ann)).toMatchObject([{ address: 'a@one.example' }]);
    await on.queue.editRules({ do: 'unsuppress', accountId: ann, address: 'a@one.example' });
    await on.queue.bounced({ accountId: ann, returnPath, report });
    expect(await on.queue.suppressions(ann)).toEqual([]);
    const [entry] = await on.queue.history.list({ to: 'a@one.example' }, { limit: 1 });
    expect(entry?.result).toBe('delivered');
    expect(entry?.reports).toMatchObject([
      { action: 'delayed', status: '4.4.1' },
      { action: 'failed', status: '5.1.1', host: 'mx.far.example', recipient: 'a@far.example' },
      { action: 'unrecognized' },
      { action: 'failed' },
    ]);
  });
});

test('what was there before the start is delivered as well', async () => {
  const on = await stage();
  await on.queue.enqueue(testOutgoing(['a@one.example']));
  on.queue.start();
  await empty(on);
  expect(on.courier.tried).toEqual(['a@one.example']);
});

test('a failure that passes is tried again, and the story of it kept', async () => {
  const on = await stage({ schedule: impatient });
  let tries = 0;
  on.courier.behave = () => ((tries += 1) < 3 ? 'later' : 'delivered');
  let stories = 0;
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['a@one.example']));
  await vi.waitFor(async () => {
    const [entry] = await on.queue.list({}, { after: 0, limit: 1 });
    stories = Math.max(stories, entry?.story.length ?? 0);
    expect(entry).toBeUndefined();
  });
  expect(tries).toBe(3);
  expect(stories).toBeGreaterThan(0);
});

test('recipients that failed together are told in one report, to the sender, by the local road; it is never answered', async () => {
  const on = await stage();
  on.courier.behave = (recipient) => (recipient.startsWith('bad') ? 'failed' : 'delivered');
  on.local.behave = () => 'failed';
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['bad1@one.example', 'good@one.example', 'bad2@one.example']));
  await empty(on);
  expect(on.local.batches).toEqual([['ann@home.example']]);
  const [report] = on.local.texts;
  expect(report?.match(/^Final-Recipient: .*$/gm)).toEqual([
    'Final-Recipient: rfc822; bad1@one.example',
    'Final-Recipient: rfc822; bad2@one.example',
  ]);
  expect(report).toContain('Received: by home.example\r\nSubject: Hello\r\n');
  expect(report).not.toContain('hello to');
});

test('RET=FULL brings a large message back whole', async () => {
  const on = await stage();
  on.courier.behave = () => 'failed';
  on.queue.start();
  const octets = Buffer.from(`Subject: big\r\n\r\n${'0123456789abcdef\r\n'.repeat(40_000)}`);
  const spool = on.store.newSpool({ maxBytes: 10_000_000 });
  await spool.write(octets);
  await on.queue.enqueue(testOutgoing(['a@one.example'], { content: await spool.finish(), returnContent: 'full' }));
  await empty(on);
  expect(on.local.texts[0]).toContain(octets.toString());
});

test('a sender that cannot be told is not: null path, NEVER, a path that is no address', async () => {
  const on = await stage();
  on.courier.behave = () => 'failed';
  on.queue.start();
  const [recipient] = testOutgoing(['a@one.example']).recipients;
  if (recipient === undefined) throw new Error('no recipient');
  const never: readonly Notify[] = ['NEVER'];
  const recipients = [
    { ...recipient, returnPath: '' },
    { ...recipient, notify: never },
    { ...recipient, returnPath: 'no address' },
  ];
  await on.queue.enqueue(testOutgoing([], { recipients }));
  await empty(on);
  expect(on.courier.tried).toHaveLength(3);
  expect(on.local.tried).toEqual([]);
});

test('an address that is gone is not written to again; its sender is told why', async () => {
  const on = await stage();
  on.courier.behave = () => 'failed';
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['Gone+x@one.example']));
  await empty(on);
  await on.queue.enqueue(testOutgoing(['gone@one.example', 'other@one.example']));
  await empty(on);
  expect(on.courier.tried).toEqual(['Gone+x@one.example', 'other@one.example']);
  expect(on.local.texts.some((text) => text.includes('Mail to this address failed for good before'))).toBe(true);
  expect(await on.store.outgoing.suppressions(7 as AccountId)).toMatchObject([
    { address: 'gone@one.example', reason: '550 5.1.1 so be it' },
    { address: 'other@one.example' },
  ]);
});

test('a destination that hangs does not hold up the others, and gets no more connections than it may', async () => {
  const on = await stage({ firstConcurrency: 2, maxConcurrency: 2, maxDeliveries: 10 });
  const { promise: hanging, resolve: letGo } = Promise.withResolvers<'delivered'>();
  let hung = 0;
  on.courier.behave = (recipient) => {
    if (!recipient.endsWith('@slow.example')) return 'delivered';
    hung += 1;
    return hanging;
  };
  on.queue.start();
  for (let i = 0; i < 30; i += 1) await on.queue.enqueue(testOutgoing([`a${i}@slow.example`]));
  for (let i = 0; i < 30; i += 1) await on.queue.enqueue(testOutgoing([`b${i}@fast.example`]));
  await vi.waitFor(async () => expect(await on.queue.count({ to: '@fast.example' })).toBe(0), { timeout: 10_000 });
  expect(hung).toBe(2);
  letGo('delivered');
  await empty(on);
  expect(on.courier.tried).toHaveLength(60);
});

test('many destinations in trouble leave room for the others, and are not forgotten', async () => {
  const on = await stage({ schedule: impatient, maxDeliveries: 4, firstConcurrency: 1, maxConcurrency: 1 });
  on.courier.behave = async (recipient) => {
    if (!recipient.includes('@dead')) return 'delivered';
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 'later';
  };
  on.queue.start();
  for (let i = 0; i < 40; i += 1) await on.queue.enqueue(testOutgoing([`a${i}@dead${i % 12}.example`]));
  for (let i = 0; i < 40; i += 1) await on.queue.enqueue(testOutgoing([`b${i}@fine${i % 3}.example`]));
  const isFine = (recipient: string): boolean => recipient.includes('@fine');
  await vi.waitFor(() => expect(on.courier.tried.filter(isFine)).toHaveLength(40), { timeout: 15_000 });
  await vi.waitFor(() => expect(new Set(on.courier.tried).size).toBeGreaterThan(60), { timeout: 15_000 });
  await on.queue.stop();
  // Notifications of the last deliveries may be left too.
  const left = await on.queue.list({}, { after: 0, limit: 100 });
  expect(left.filter(({ recipient }) => recipient.includes('@dead'))).toHaveLength(40);
});

test('pausing a destination stops it until it is resumed; others go on', async () => {
  const on = await stage();
  const paused = { domain: 'one.example', reason: 'asked', createdAtMs: 0 };
  await on.queue.editRules({ do: 'pause', paused });
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['a@one.example', 'b@two.example']));
  await vi.waitFor(async () => expect(await on.queue.count({})).toBe(1));
  expect(on.courier.tried).toEqual(['b@two.example']);
  await on.queue.editRules({ do: 'resume', domain: 'one.example' });
  await empty(on);
});

test('an administrator holds, releases, kicks, drops and fails', async () => {
  const on = await stage();
  await on.queue.enqueue(testOutgoing(['held@one.example', 'dropped@two.example', 'failed@three.example']));
  await on.queue.edit('hold', { to: 'held@one.example' });
  await on.queue.edit('drop', { to: 'dropped@two.example' });
  const [entry] = await on.queue.list({ to: 'failed@three.example' }, { after: 0, limit: 1 });
  if (entry === undefined) throw new Error('not there');
  expect(await on.queue.fail([entry.id])).toEqual([entry.id]);
  on.queue.start();
  await vi.waitFor(async () => expect(await on.queue.count({})).toBe(1));
  expect(on.local.texts[0]).toContain('The administrator of this mail system has ended the tries.');
  expect(on.courier.tried).toEqual([]);
  await on.queue.edit('release', {});
  await empty(on);
  expect(on.courier.tried).toEqual(['held@one.example']);
  await on.queue.enqueue(testOutgoing(['later@one.example'], { notBeforeMs: Date.now() + 3_600_000 }));
  const { changed } = await on.queue.edit('kick', {});
  expect(changed).toHaveLength(1);
  await empty(on);
});

test('FUTURERELEASE waits', async () => {
  const on = await stage();
  on.queue.start();
  const notBeforeMs = Date.now() + 400;
  let triedAtMs = 0;
  on.courier.behave = () => {
    triedAtMs = Date.now();
    return 'delivered';
  };
  await on.queue.enqueue(testOutgoing(['a@one.example'], { notBeforeMs }));
  await empty(on);
  expect(triedAtMs).toBeGreaterThanOrEqual(notBeforeMs);
});

test('stopping gives back what was not tried: it is due after the next start, and no try is counted', async () => {
  const on = await stage({ firstConcurrency: 1, maxConcurrency: 1 });
  const { promise: hanging, resolve: letGo } = Promise.withResolvers<'delivered'>();
  on.courier.behave = () => hanging;
  on.queue.start();
  for (let i = 0; i < 4; i += 1) await on.queue.enqueue(testOutgoing([`a${i}@one.example`]));
  await vi.waitFor(() => expect(on.courier.tried).toHaveLength(1));
  const stopped = on.queue.stop();
  letGo('delivered');
  await stopped;
  const left = await on.queue.list({}, { after: 0, limit: 9 });
  expect(left.map(({ attempts, isBeingTried }) => ({ attempts, isBeingTried }))).toEqual(
    [1, 2, 3].map(() => ({ attempts: 0, isBeingTried: false })),
  );
  expect(left.every(({ nextAttemptMs }) => nextAttemptMs <= Date.now())).toBe(true);
});

test('an outcome is not lost while the disk is full', async () => {
  let fails = 2;
  const wrap = (store: OutgoingStore): OutgoingStore =>
    new Proxy(store, {
      get(target, name) {
        if (name === 'settle' && fails > 0) {
          return () => {
            fails -= 1;
            return Promise.reject(new StorageFull('full'));
          };
        }
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  const on = await stage({}, { wrap });
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['a@one.example']));
  await empty(on);
  expect(on.courier.tried).toEqual(['a@one.example']);
  expect(fails).toBe(0);
});

test('a courier that throws, or forgets an entry, costs a try and nothing else', async () => {
  const on = await stage({ schedule: impatient });
  let calls = 0;
  on.courier.behave = () => {
    calls += 1;
    if (calls === 1) throw new Error('broken');
    return 'delivered';
  };
  on.queue.start();
  await on.queue.enqueue(testOutgoing(['a@one.example']));
  await empty(on);
  expect(calls).toBe(2);
});

test('what an account sends is counted, and the limits of the day are told', async () => {
  const on = await stage({ limitsOf: () => ({ recipientsPerDay: 5, firstTimeRecipientsPerDay: 3 }) });
  const account = 7 as AccountId;
  const to = (...names: string[]) => names.map((name) => `${name}@one.example`);
  const release = async (asked: ReturnType<typeof on.queue.mayEnqueue>) => {
    const allowed = await asked;
    if (typeof allowed === 'string') throw new Error(allowed);
    allowed.release();
  };
  await release(on.queue.mayEnqueue(account, to('a', 'b', 'c')));
  await on.queue.enqueue(testOutgoing(to('a', 'b', 'c')));
  await release(on.queue.mayEnqueue(account, to('a', 'B')));
  expect(await on.queue.mayEnqueue(account, to('d'))).toBe('too-many-new-recipients');
  expect(await on.queue.mayEnqueue(account, to('a', 'b', 'c'))).toBe('too-many-recipients');
  await release(on.queue.mayEnqueue(8 as AccountId, to('d')));
});

test('what came in and was refused in part is told to its sender, header alone', async () => {
  const on = await stage();
  on.queue.start();
  await on.queue.report({
    message: { ...testEntry().message, returnContent: 'headers' },
    returnPath: 'x@one.example',
    notices: [
      {
        recipient: 'nobody@home.example',
        originalRecipient: undefined,
        action: 'failed',
        status: '5.1.1',
        reply: undefined,
      },
    ],
    header: 'Received: by home.example\r\nSubject: Hello\r\n\r\n',
  });
  await empty(on);
  expect(on.courier.tried).toEqual(['x@one.example']);
  expect(on.courier.texts[0]).toMatch(/\r\n\r\nReceived: by home.example\r\nSubject: Hello\r\n\r\n--/);
});

/** With an account whose mailbox takes what begins with `filed`. */
async function stageWithAccount(given: Partial<QueueSettings> = {}): Promise<Stage> {
  const on = await stage(given);
  const createAccounts = [{ name: 'bob', mailboxes: 'minimal' }] as const;
  const edited = await on.store.editDirectory({
    baseVersion: 0,
    put: [],
    remove: [],
    createAccounts,
    removeAccounts: [],
  });
  on.local.account = edited.ok ? edited.accountIds.get('bob') : undefined;
  on.queue.start();
  // Until the pauses are known nothing is filed at once.
  await on.queue.editRules({ do: 'resume', domain: 'nowhere.example' });
  return on;
}
const header = parseHeader('Subject: Hello\r\n\r\n');
const filedBy = async ({ store, local }: Stage) =>
  local.account === undefined ? undefined : (await store.findMailbox(local.account, 'INBOX'))?.total;

test('what is for our own accounts is filed by the commit that takes it; the others, and what has no place, are tried', async () => {
  const on = await stageWithAccount();
  const to = ['filed@home.example', 'tried@home.example', 'filed-nowhere@home.example', 'a@one.example'];
  const { ids, filed } = await on.queue.enqueue(testOutgoing(to, { header }));
  expect(filed).toBe(1);
  expect(ids).toHaveLength(4);
  const told = { recipient: 'filed@home.example', result: 'delivered', story: [{ transport: 'local' }] };
  expect(await on.queue.history.list({}, { limit: 9 })).toContainEqual(expect.objectContaining({ id: ids[0] }));
  expect(await on.queue.history.list({ to: 'filed@home.example' }, { limit: 9 })).toMatchObject([told]);
  expect(await filedBy(on)).toBe(1);
  expect(on.local.arrived).toMatchObject([
    { header, prefix: 'Received: by home.example\r\n', returnPath: 'ann@home.example', recipients: { length: 3 } },
  ]);
  await empty(on);
  expect(on.local.tried.toSorted()).toEqual(['filed-nowhere@home.example', 'tried@home.example']);
  expect(on.courier.tried).toEqual(['a@one.example']);
});

test('whose sender wants to hear of success, what has to wait, and what is held back is not filed at once', async () => {
  const on = await stageWithAccount({ destinations: [{ domains: ['slow.home.example'], perMinute: 10 }] });
  const [recipient] = testOutgoing(['filed@home.example']).recipients;
  if (recipient === undefined) throw new Error('there is one');
  const notified = { ...recipient, notify: ['SUCCESS'] as const };
  expect(await on.queue.enqueue(testOutgoing([], { header, recipients: [notified] }))).toMatchObject({ filed: 0 });
  await vi.waitFor(() => expect(on.local.tried).toEqual(['filed@home.example']));
  const later = testOutgoing(['filed@home.example'], { header, notBeforeMs: Date.now() + 3_600_000 });
  expect(await on.queue.enqueue(later)).toMatchObject({ filed: 0 });
  expect(await on.queue.enqueue(testOutgoing(['filed@home.example']))).toMatchObject({ filed: 0 });
  await on.queue.editRules({ do: 'pause', paused: { domain: 'home.example', reason: 'by hand', createdAtMs: 1 } });
  expect(await on.queue.enqueue(testOutgoing(['filed@home.example'], { header }))).toMatchObject({ filed: 0 });
  expect(await filedBy(on)).toBe(0);
});
