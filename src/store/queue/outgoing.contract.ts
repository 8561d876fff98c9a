import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId, QueueId } from '../ids.ts';
import type { MessageReader } from '../message-reader.ts';
import type { AppendTarget } from '../append-target.ts';
import type { Store } from '../store.ts';
import type { EnqueuedEntry } from './outgoing-row.ts';
import { endsOf, newOutgoing } from './test-outgoing.ts';

const retryAfterMs = [100, 200];
const lease = { nowMs: 1000, leaseUntilMs: 5000, retryAfterMs };

function idsOf(entries: readonly EnqueuedEntry[]): readonly QueueId[] {
  return entries.flatMap((entry) => (entry.kind === 'queued' ? [entry.id] : []));
}

async function textOf(reader: MessageReader | undefined): Promise<string | undefined> {
  return reader && Buffer.concat([reader.prefix, await reader.read(0, reader.originalBytes)]).toString('latin1');
}

/** Every engine passes this. `open` gives an empty store. */
export function describeOutgoing(name: string, open: () => Promise<Store>): void {
  describe(`what goes out, on ${name}`, () => {
    let store: Store;

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());
    beforeEach(async () => {
      const all = await store.outgoing.list({}, { after: 0, limit: 1000 });
      for (const { id, leaseUntilMs } of all) if (leaseUntilMs > 0) await take(id);
      await store.outgoing.edit({ filter: {}, what: 'drop', nowMs: 1e12 });
      for (const { id } of await store.outgoing.holdRules()) {
        await store.outgoing.editRules({ do: 'remove-hold-rule', id });
      }
    });

    async function take(id: QueueId): Promise<void> {
      await store.outgoing.claim({
        ...lease,
        nowMs: 1e11,
        leaseUntilMs: 1e11,
        owner: 'cleaner',
        wants: [{ ids: [id] }],
      });
    }

    function claim(owner: string, domain: string, limit = 100, nowMs = 1000) {
      return store.outgoing.claim({ ...lease, nowMs, owner, wants: [{ domain, limit }] });
    }

    const settle = (owner: string, more: Partial<Parameters<Store['outgoing']['settle']>[0]>) =>
      store.outgoing.settle({ owner, done: [], later: [], released: [], messages: [], history: undefined, ...more });

    test('a message has one entry for each recipient; octets and facts come back as they were', async () => {
      const recipients = ['a@one.example', 'b@one.example', 'c@two.example'];
      const entries = await store.outgoing.enqueue([newOutgoing('hello', recipients, { prefix: 'Received: x\r\n' })]);
      const ids = idsOf(entries);
      expect(ids).toHaveLength(3);
      const rows = await store.outgoing.list({}, { after: 0, limit: 10 });
      expect(rows.map(({ id, recipient, domain }) => ({ id, recipient, domain }))).toEqual(
        recipients.map((recipient, place) => ({ id: ids[place], recipient, domain: recipient.split('@')[1] })),
      );
      expect(new Set(rows.map(({ messageId }) => messageId)).size).toBe(1);
      expect(rows[0]).toMatchObject({
        messageFacts: '{"of":"message"}',
        facts: '{"of":"entry"}',
        story: '[]',
        attempts: 0,
      });
      expect(await textOf(await store.outgoing.open(rows[0]?.messageId ?? 0))).toBe(
        'Received: x\r\nSubject: hello\r\n\r\nhello\r\n',
      );
      expect(await store.outgoing.destinations({ after: '', limit: 10 })).toEqual([
        { domain: 'one.example', dueAtMs: 0 },
        { domain: 'two.example', dueAtMs: 0 },
      ]);
      expect(await store.outgoing.destinations({ after: 'one.example', limit: 10 })).toHaveLength(1);
      expect(await store.outgoing.count({ to: '@ONE.example' })).toBe(2);
    });

    test('claimed entries are nobody else’s until the lease ends; the try is counted and the next one put off', async () => {
      const [first] = idsOf(
        await store.outgoing.enqueue([
          newOutgoing('claimed', ['a@one.example']),
          newOutgoing('another', ['b@one.example']),
        ]),
      );
      const mine = await claim('me', 'one.example', 1);
      expect(mine).toMatchObject([{ id: first, attempts: 0, recipient: 'a@one.example' }]);
      expect(await claim('you', 'one.example')).toMatchObject([{ recipient: 'b@one.example' }]);
      expect(await claim('you', 'one.example')).toEqual([]);
      expect(await store.outgoing.nextDue('one.example')).toBe(1100);
      // Due again, but still leased.
      expect(await claim('you', 'one.example', 9, 4000)).toEqual([]);
      await store.outgoing.renew({ owner: 'me', ids: mine.map(({ id }) => id), leaseUntilMs: 9000 });
      // The process of `you` has died.
      expect(await claim('third', 'one.example', 9, 6000)).toMatchObject([{ recipient: 'b@one.example', attempts: 1 }]);
      expect(await store.outgoing.list({ to: 'b@one.example' }, { after: 0, limit: 9 })).toMatchObject([
        { attempts: 2, dueAtMs: 6200 },
      ]);
    });

    test('an entry can be claimed by the commit that puts it in; a rule that holds it counts more', async () => {
      const rule = { accountId: undefined, fromDomain: undefined, domain: 'two.example' };
      await store.outgoing.editRules({ do: 'add-hold-rule', rule });
      const { message, outgoing } = newOutgoing('now', ['a@one.example', 'b@two.example', 'c@three.example'], {
        dueAtMs: 500,
      });
      const claimed = outgoing.entries.map((entry, place) => ({ ...entry, claim: place < 2 }));
      const entries = await store.outgoing.enqueue([{ message, outgoing: { ...outgoing, entries: claimed } }], {
        ...{ owner: 'me', leaseUntilMs: 5000, retryAfterMs: 100 },
      });
      expect(entries).toMatchObject([{ isClaimed: true }, { isClaimed: false }, { isClaimed: false }]);
      expect(await claim('you', 'one.example', 9, 4000)).toEqual([]);
      expect(await store.outgoing.list({}, { after: 0, limit: 9 })).toMatchObject([
        { attempts: 1, dueAtMs: 600, leaseUntilMs: 5000 },
        { attempts: 0, dueAtMs: 500, isHeld: true, leaseUntilMs: 0 },
        { attempts: 0, dueAtMs: 500, isHeld: false, leaseUntilMs: 0 },
      ]);
      const ids = idsOf(entries.slice(0, 1));
      expect(await settle('me', { done: endsOf(ids) })).toEqual(ids);
    });

    describe('what is for accounts of this store', () => {
      async function newAccount(accountName: string): Promise<AccountId> {
        const edited = await store.editDirectory({
          baseVersion: (await store.readDirectory()).version,
          createAccounts: [{ name: accountName, mailboxes: 'minimal' }],
          ...{ put: [], remove: [], removeAccounts: [] },
        });
        const id = edited.ok ? edited.accountIds.get(accountName) : undefined;
        if (id === undefined) throw new Error('account was not made');
        return id;
      }

      const copyFor = (accountId: AccountId, quotaBytes?: number): AppendTarget => ({
        ...{ accountId, mailbox: { name: 'INBOX', orInbox: true }, flags: 0, keywords: [], receivedAtMs: 1 },
        ...{ prefix: 'Delivered-To: x\r\n', ...(quotaBytes === undefined ? {} : { quotaBytes }) },
      });
      const total = async (accountId: AccountId) => (await store.findMailbox(accountId, 'INBOX'))?.total;

      /** Entries of one message, each with these places of copies. */
      function withCopies(copies: readonly (readonly number[] | undefined)[], targets: readonly AppendTarget[]) {
        const plain = newOutgoing(
          'filed',
          copies.map((_, n) => `r${n}@one.example`),
          { accountId: 78 as AccountId, counts: true, dueAtMs: 500 },
        );
        const entries = plain.outgoing.entries.map((entry, n) => {
          const own = copies[n];
          return own === undefined ? entry : { ...entry, copies: own };
        });
        return { ...plain, outgoing: { ...plain.outgoing, entries }, targets };
      }

      test('the commit files it, tells who watches, counts it and leaves no entry', async () => {
        const ann = await newAccount('filed-ann');
        const seen: string[] = [];
        const stop = store.watch(ann, (change) => seen.push(change.kind));
        const before = await store.outgoing.sent(78 as AccountId, [], 0);
        const put = await store.outgoing.enqueue([withCopies([[0], []], [copyFor(ann)])]);
        stop();
        expect(put).toEqual([
          { kind: 'filed', id: undefined },
          { kind: 'filed', id: undefined },
        ]);
        expect(seen).toContain('added');
        expect(await total(ann)).toBe(1);
        expect(await store.outgoing.count({})).toBe(0);
        const { recipients } = await store.outgoing.sent(78 as AccountId, [], 0);
        expect(recipients - before.recipients).toBe(2);
      });

      test('where a history is kept, it tells of it, by a number that no entry has', async () => {
        const ann = await newAccount('told-ann');
        const end = { history: { endedAtMs: 900 }, story: '[1]', ending: '{"status":"2.0.0"}' };
        const put = await store.outgoing.enqueue([withCopies([[0], undefined, []], [copyFor(ann)])], undefined, end);
        const again = await store.outgoing.enqueue([withCopies([[0]], [copyFor(ann)])], undefined, end);
        const ids = [...put, ...again].map(({ id }) => id);
        expect(new Set(ids).size).toBe(4);
        expect(ids).not.toContain(undefined);
        const history = await store.outgoing.history({ accountId: 78 as AccountId }, { limit: 9 });
        expect(history.map(({ id }) => id)).toEqual([ids[3], ids[2], ids[0]]);
        const [entry] = await store.outgoing.list({}, { after: 0, limit: 9 });
        expect(entry?.id).toBe(ids[1]);
        expect(history.map(({ messageId }) => messageId === entry?.messageId)).toEqual([false, true, true]);
        expect(history[0]).toMatchObject({
          ...{ recipient: 'r0@one.example', result: 'delivered', attempts: 1, endedAtMs: 900, story: '[1]' },
          ...{ ending: '{"status":"2.0.0"}', messageFacts: '{"of":"message"}', facts: '{"of":"entry"}' },
        });
        expect(history[0]?.sizeBytes).toBe(entry?.sizeBytes);
      });

      test('who has no room, or is held, gets an entry; one copy of several is enough', async () => {
        const ann = await newAccount('partly-ann');
        const full = await newAccount('partly-full');
        const targets = [copyFor(full, 10), copyFor(ann), copyFor(full, 10), copyFor(ann)];
        const put = await store.outgoing.enqueue([withCopies([[0], [1, 2], undefined, [3]], targets)]);
        expect(put.map(({ kind }) => kind)).toEqual(['queued', 'filed', 'queued', 'filed']);
        expect(await store.outgoing.list({}, { after: 0, limit: 9 })).toMatchObject([
          { recipient: 'r0@one.example', dueAtMs: 500, attempts: 0, isHeld: false },
          { recipient: 'r2@one.example' },
        ]);
        expect([await total(ann), await total(full)]).toEqual([2, 0]);
        const rule = { accountId: undefined, fromDomain: undefined, domain: 'one.example' };
        await store.outgoing.editRules({ do: 'add-hold-rule', rule });
        const held = await store.outgoing.enqueue([withCopies([[0], []], [copyFor(ann)])]);
        expect(held).toMatchObject([{ kind: 'queued' }, { kind: 'queued' }]);
        expect(await store.outgoing.count({ held: true })).toBe(4);
        expect(await total(ann)).toBe(2);
      });
    });

    test('a limit does not tear the recipients of one message apart', async () => {
      await store.outgoing.enqueue([
        newOutgoing('one', ['a@one.example', 'b@one.example', 'c@two.example', 'd@one.example']),
      ]);
      await store.outgoing.enqueue([newOutgoing('two', ['e@one.example'])]);
      const claimed = await claim('me', 'one.example', 1);
      expect(claimed.map(({ recipient }) => recipient)).toEqual(['a@one.example', 'b@one.example', 'd@one.example']);
    });

    test('what is due is claimed in its order, and nothing before its time', async () => {
      await store.outgoing.enqueue([
        newOutgoing('late', ['late@one.example'], { dueAtMs: 900 }),
        newOutgoing('early', ['early@one.example'], { dueAtMs: 100 }),
        newOutgoing('future', ['future@one.example'], { dueAtMs: 1001 }),
      ]);
      const claimed = await claim('me', 'one.example');
      expect(claimed.map(({ recipient }) => recipient)).toEqual(['early@one.example', 'late@one.example']);
    });

    test('settling removes, puts off or gives back, with what comes of it; the message goes with its last entry', async () => {
      await store.outgoing.enqueue([newOutgoing('settled', ['a@one.example', 'b@one.example', 'c@one.example'])]);
      const [a, b, c] = await claim('me', 'one.example');
      if (a === undefined || b === undefined || c === undefined) throw new Error('not claimed');
      const settled = await settle('me', {
        done: endsOf([a.id]),
        later: [{ id: b.id, dueAtMs: 2000, story: '[1]', delayTold: true }],
        released: [{ id: c.id, dueAtMs: 5 }],
        messages: [newOutgoing('report', ['sender@home.example'])],
      });
      expect(settled).toEqual([a.id, b.id, c.id]);
      expect(await store.outgoing.list({ to: '@one.example' }, { after: 0, limit: 9 })).toMatchObject([
        { id: b.id, attempts: 1, dueAtMs: 2000, story: '[1]', delayTold: true },
        { id: c.id, attempts: 0, dueAtMs: 5, story: '[]', delayTold: false },
      ]);
      expect(await store.outgoing.count({ to: 'sender@home.example' })).toBe(1);
      expect(await store.outgoing.open(a.messageId)).toBeDefined();
      const rest = await claim('me', 'one.example', 9, 3000);
      await settle('me', { done: endsOf(rest.map(({ id }) => id)) });
      expect(await store.outgoing.open(a.messageId)).toBeUndefined();
    });

    test('who lost the lease settles nothing', async () => {
      await store.outgoing.enqueue([newOutgoing('lost', ['a@one.example'])]);
      const [entry] = await claim('me', 'one.example');
      if (entry === undefined) throw new Error('not claimed');
      await claim('you', 'one.example', 9, 6000);
      expect(await settle('me', { done: endsOf([entry.id]) })).toEqual([]);
      expect(await store.outgoing.count({})).toBe(1);
    });

    test('octets are kept once, as long as a message in the queue or a mailbox has them', async () => {
      await store.outgoing.enqueue([newOutgoing('same', ['a@one.example']), newOutgoing('same', ['b@one.example'])]);
      const [a, b] = await claim('me', 'one.example');
      if (a === undefined || b === undefined) throw new Error('not claimed');
      await settle('me', { done: endsOf([a.id]) });
      expect(await textOf(await store.outgoing.open(b.messageId))).toContain('same');
    });

    test('held entries are not due; hold rules need all of their conditions, for what is there and what comes', async () => {
      const of = (to: string, fromDomain: string) => newOutgoing(`to ${to}`, [to], { fromDomain });
      await store.outgoing.enqueue([of('a@one.example', 'x.example'), of('b@one.example', 'y.example')]);
      const rule = { accountId: undefined, fromDomain: 'x.example', domain: 'one.example' };
      expect(await store.outgoing.editRules({ do: 'add-hold-rule', rule })).toBe(1);
      await store.outgoing.enqueue([
        of('c@one.example', 'x.example'),
        of('d@one.example', 'y.example'),
        of('e@two.example', 'x.example'),
      ]);
      const held = await store.outgoing.list({ held: true }, { after: 0, limit: 9 });
      expect(held.map(({ recipient }) => recipient)).toEqual(['a@one.example', 'c@one.example']);
      const claimed = await claim('me', 'one.example');
      expect(claimed.map(({ recipient }) => recipient)).toEqual(['b@one.example', 'd@one.example']);
      const [{ id } = { id: 0 }] = await store.outgoing.holdRules();
      await store.outgoing.editRules({ do: 'remove-hold-rule', id });
      expect(await store.outgoing.count({ held: true })).toBe(2);
      await store.outgoing.edit({ filter: { held: true }, what: 'release', nowMs: 1000 });
      expect(await claim('me', 'one.example')).toHaveLength(2);
    });

    test('an administrator kicks, holds and drops by filter; what is under way is not dropped', async () => {
      await store.outgoing.enqueue([newOutgoing('edited', ['a@one.example', 'b@one.example'], { dueAtMs: 9000 })]);
      const filter = { to: 'A@one.example' };
      const kicked = await store.outgoing.edit({ filter, what: 'kick', nowMs: 1000 });
      expect(kicked).toMatchObject({ domains: ['one.example'], busy: [] });
      const [a] = await claim('me', 'one.example');
      expect(kicked.changed).toEqual([a?.id]);
      const dropped = await store.outgoing.edit({ filter: {}, what: 'drop', nowMs: 1000 });
      expect(dropped.busy).toEqual([a?.id]);
      expect(dropped.changed).toHaveLength(1);
      expect(await store.outgoing.count({})).toBe(1);
    });

    test('what is past its time can be claimed to be given up', async () => {
      await store.outgoing.enqueue([newOutgoing('old', ['a@one.example'], { expiresAtMs: 500, dueAtMs: 99_999 })]);
      await store.outgoing.enqueue([newOutgoing('new', ['b@one.example'], { expiresAtMs: 5000 })]);
      const claimed = await store.outgoing.claim({ ...lease, owner: 'me', wants: [{ expired: 10 }] });
      expect(claimed).toMatchObject([{ recipient: 'a@one.example', attempts: 0, dueAtMs: 99_999 }]);
    });

    test('recipients count for their sender, those that are new as well; old hours are forgotten', async () => {
      const accountId = 77 as AccountId;
      const send = (names: readonly string[], queuedAtMs: number) =>
        store.outgoing.enqueue([newOutgoing('counted', names, { accountId, queuedAtMs, counts: true })]);
      const hour = 3_600_000;
      await send(['a@one.example', 'b@one.example'], 100 * hour);
      await send(['a@one.example', 'c@one.example'], 101 * hour);
      const keyOf = (name: string) => newOutgoing('', [name]).outgoing.entries[0]?.key ?? 0;
      const keys = [keyOf('a@one.example'), keyOf('z@one.example')];
      expect(await store.outgoing.sent(accountId, keys, 102 * hour)).toEqual({
        recipients: 4,
        firstTime: 3,
        unknown: 1,
      });
      expect(await store.outgoing.sent(accountId, keys, 125.5 * hour)).toEqual({
        recipients: 2,
        firstTime: 1,
        unknown: 1,
      });
      expect(await store.outgoing.sent(accountId, [], 200 * hour)).toMatchObject({ recipients: 0 });
    });

    test('pauses and suppressions are kept, changed and removed', async () => {
      const paused = { domain: 'one.example', reason: 'they asked', createdAtMs: 5 };
      await store.outgoing.editRules({ do: 'pause', paused });
      expect(await store.outgoing.paused()).toEqual([paused]);
      expect(await store.outgoing.editRules({ do: 'resume', domain: 'one.example' })).toBe(1);
      expect(await store.outgoing.paused()).toEqual([]);
      const accountId = 5 as AccountId;
      const suppression = { accountId, address: 'a@b.example', reason: '550', createdAtMs: 5, expiresAtMs: 100 };
      await store.outgoing.editRules({ do: 'suppress', suppression });
      expect(await store.outgoing.suppressions(accountId)).toEqual([suppression]);
      expect(await store.outgoing.suppressed(accountId, 'a@b.example', 99)).toBe('550');
      expect(await store.outgoing.suppressed(accountId, 'a@b.example', 100)).toBeUndefined();
      expect(await store.outgoing.suppressed(6 as AccountId, 'a@b.example', 99)).toBeUndefined();
      expect(await store.outgoing.editRules({ do: 'unsuppress', accountId, address: 'a@b.example' })).toBe(1);
    });
  });
}
