import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AccountId, QueueId } from '../ids.ts';
import type { Store } from '../store.ts';
import { messageKey, type EntryEnd } from './retired-row.ts';
import type { RecipientLesson } from './recipient-lesson.ts';
import { endsOf, newOutgoing } from './test-outgoing.ts';

const lease = { nowMs: 1000, leaseUntilMs: 5000, retryAfterMs: [100] };
const ann = 11 as AccountId;
const bob = 12 as AccountId;

/** Every engine passes this. `open` gives an empty store. */
export function describeHistory(name: string, open: () => Promise<Store>): void {
  describe(`what has left the queue, on ${name}`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store.close());

    const claim = () => store.outgoing.claim({ ...lease, owner: 'me', wants: [{ domain: 'one.example', limit: 99 }] });
    const end = (done: readonly EntryEnd[], endedAtMs: number | undefined) =>
      store.outgoing.settle({
        ...{ owner: 'me', done, later: [], released: [], messages: [] },
        history: endedAtMs === undefined ? undefined : { endedAtMs },
      });
    const recipients = async (...asked: Parameters<Store['outgoing']['history']>) =>
      (await store.outgoing.history(...asked)).map(({ recipient }) => recipient);
    const all = () => recipients({}, { limit: 99 });

    test('an entry that ends is kept as it was, with how it ended, in the commit that removes it', async () => {
      const options = { accountId: ann, queuedAtMs: 500, fromDomain: 'x.example' };
      await store.outgoing.enqueue([newOutgoing('kept', ['a@one.example', 'b@one.example'], options)]);
      const [a, b] = await claim();
      if (a === undefined || b === undefined) throw new Error('not claimed');
      const ended = { result: 'failed', story: '[1]', ending: '{"status":"5.1.1"}' } as const;
      await end([...endsOf([a.id], ended), ...endsOf([b.id])], 1500);
      expect(await store.outgoing.count({})).toBe(0);
      const kept = await store.outgoing.history({}, { limit: 9 });
      const common = {
        ...{ messageId: a.messageId, accountId: ann, sizeBytes: a.sizeBytes, queuedAtMs: 500, endedAtMs: 1500 },
        ...{ fromDomain: 'x.example', messageFacts: '{"of":"message"}', domain: 'one.example' },
        ...{ returnPath: 'sender@home.example', attempts: 1, facts: '{"of":"entry"}', reports: '' },
      };
      expect(kept).toEqual([
        { ...common, id: b.id, recipient: 'b@one.example', result: 'delivered', story: '[]', ending: '{}' },
        { ...common, id: a.id, recipient: 'a@one.example', ...ended },
      ]);
    });

    test('who lost the lease leaves nothing behind, nor does one that ends where no history is kept', async () => {
      await store.outgoing.enqueue([newOutgoing('lost', ['a@one.example'])]);
      const [a] = await claim();
      if (a === undefined) throw new Error('not claimed');
      await store.outgoing.claim({ ...lease, owner: 'you', nowMs: 6000, wants: [{ ids: [a.id] }] });
      expect(await end(endsOf([a.id]), 1500)).toEqual([]);
      expect(await all()).toEqual([]);
      await store.outgoing.claim({ ...lease, owner: 'me', nowMs: 9000, wants: [{ ids: [a.id] }] });
      expect(await end(endsOf([a.id]), undefined)).toEqual([a.id]);
      expect(await all()).toEqual([]);
    });

    test('what an administrator drops is kept as well', async () => {
      await store.outgoing.enqueue([newOutgoing('dropped', ['a@one.example'])]);
      await store.outgoing.edit({ filter: {}, what: 'drop', nowMs: 1000, history: { endedAtMs: 1000 } });
      expect(await store.outgoing.history({}, { limit: 9 })).toMatchObject([{ result: 'dropped', attempts: 0 }]);
    });

    /** Ten entries that end one after the other, of two accounts in turn. */
    async function fill(): Promise<readonly QueueId[]> {
      const ids: QueueId[] = [];
      for (let n = 0; n < 10; n += 1) {
        const accountId = n % 2 === 0 ? ann : bob;
        const options = { accountId, messageKey: messageKey(`<${n}@home.example>`) };
        await store.outgoing.enqueue([newOutgoing(`message ${n}`, [`r${n}@one.example`], options)]);
        const [entry] = await claim();
        if (entry === undefined) throw new Error('not claimed');
        await end(endsOf([entry.id], { result: n < 5 ? 'delivered' : 'expired' }), 1000 + n);
        ids.push(entry.id);
      }
      return ids;
    }

    test('it is read from its end backwards, page by page, by account, address, result, moment, id and Message-ID', async () => {
      const ids = await fill();
      const names = (...numbers: readonly number[]) => numbers.map((n) => `r${n}@one.example`);
      expect(await all()).toEqual(names(9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
      const page = await store.outgoing.history({}, { limit: 4 });
      const last = page.at(-1);
      expect(last).toMatchObject({ endedAtMs: 1006, id: ids[6] });
      expect(await recipients({}, { before: last, limit: 3 })).toEqual(names(5, 4, 3));
      expect(await recipients({ accountId: bob }, { limit: 3 })).toEqual(names(9, 7, 5));
      expect(await recipients({ accountId: ann, results: ['delivered'] }, { limit: 9 })).toEqual(names(4, 2, 0));
      expect(await recipients({ to: 'R3@one.example' }, { limit: 9 })).toEqual(names(3));
      expect(await recipients({ to: '@two.example' }, { limit: 9 })).toEqual([]);
      expect(await recipients({ from: '@home.example', endedAfterMs: 1008 }, { limit: 9 })).toEqual(names(9, 8));
      expect(await recipients({ ids: ids.slice(2, 4) }, { limit: 9 })).toEqual(names(3, 2));
      const byId = { messageKey: messageKey(' <7@home.example>\r\n') ?? 0 };
      expect(await recipients(byId, { limit: 9 })).toEqual(names(7));
    });

    test('what waits is found by its Message-ID too', async () => {
      const key = messageKey('<waits@home.example>');
      await store.outgoing.enqueue([newOutgoing('waits', ['a@one.example'], { messageKey: key })]);
      await store.outgoing.enqueue([newOutgoing('other', ['b@one.example'])]);
      const found = await store.outgoing.list({ messageKey: key ?? 0 }, { after: 0, limit: 9 });
      expect(found.map(({ recipient }) => recipient)).toEqual(['a@one.example']);
    });

    test('a look is cut into slices, and finds what lies far back', async () => {
      const many = Array.from({ length: 2100 }, (_each, n) => `r${n}@one.example`);
      await store.outgoing.enqueue([newOutgoing('many', many, { accountId: ann })]);
      await store.outgoing.edit({
        filter: { to: 'r0@one.example' },
        what: 'drop',
        nowMs: 1,
        history: { endedAtMs: 1 },
      });
      let changed = 1;
      while (changed > 0) {
        const edit = { filter: {}, what: 'drop', nowMs: 1, history: { endedAtMs: 2 } } as const;
        ({
          changed: { length: changed },
        } = await store.outgoing.edit(edit));
      }
      expect(await recipients({ to: 'r0@one.example' }, { limit: 9 })).toEqual(['r0@one.example']);
      expect(await recipients({ accountId: ann, to: 'r0@one.example' }, { limit: 9 })).toEqual(['r0@one.example']);
      expect(await store.outgoing.history({}, { limit: 3000 })).toHaveLength(2100);
      expect(await recipients({ to: 'r0@one.example', endedAfterMs: 2 }, { limit: 9 })).toEqual([]);
    });

    test('the oldest go first, no more than asked for at a time', async () => {
      await fill();
      expect(await store.outgoing.sweepHistory({ endedBeforeMs: 1004, failedBeforeMs: 0, limit: 3 })).toBe(3);
      expect(await all()).toHaveLength(7);
      expect(await store.outgoing.sweepHistory({ endedBeforeMs: 1004, failedBeforeMs: 0, limit: 3 })).toBe(1);
      expect(await store.outgoing.sweepHistory({ endedBeforeMs: 1004, failedBeforeMs: 0, limit: 3 })).toBe(0);
      expect((await store.outgoing.history({}, { limit: 99 })).map(({ endedAtMs }) => endedAtMs)).toEqual([
        1009, 1008, 1007, 1006, 1005, 1004,
      ]);
    });

    /** An entry with a return path of its own, which has been tried. */
    async function sent(returnPath: string): Promise<QueueId> {
      const { message, outgoing } = newOutgoing(returnPath, ['a@one.example'], { accountId: ann });
      const entries = outgoing.entries.map((entry) => ({ ...entry, returnPath, ownReturnPath: true }));
      await store.outgoing.enqueue([{ message, outgoing: { ...outgoing, entries } }]);
      const [entry] = await claim();
      if (entry === undefined) throw new Error('not claimed');
      return entry.id;
    }

    test('a return path leads to its entry, and a report stays with it, before and after it ends, until it is forgotten', async () => {
      const id = await sent('Ann+x1@home.example');
      const owner = { id, accountId: ann, recipient: 'a@one.example' };
      expect(await store.outgoing.pathOwner('ann+X1@home.example')).toEqual({ ...owner, reports: '' });
      expect(await store.outgoing.pathOwner('sender@home.example')).toBeUndefined();
      expect(await store.outgoing.addReport({ id, report: '{"n":1}', lesson: undefined })).toBe(true);
      await end(endsOf([id]), 1500);
      expect(await store.outgoing.addReport({ id, report: '{"n":2}', lesson: undefined })).toBe(true);
      const reports = '{"n":1}\n{"n":2}\n';
      expect(await store.outgoing.pathOwner('ann+x1@home.example')).toEqual({ ...owner, reports });
      expect(await store.outgoing.history({}, { limit: 9 })).toMatchObject([{ id, reports }]);
      const long = JSON.stringify('x'.repeat(8000));
      expect(await store.outgoing.addReport({ id, report: long, lesson: undefined })).toBe(true);
      expect(await store.outgoing.addReport({ id, report: '{"n":4}', lesson: undefined })).toBe(false);
      await store.outgoing.sweepHistory({ endedBeforeMs: 2000, failedBeforeMs: 0, limit: 9 });
      expect(await store.outgoing.pathOwner('ann+x1@home.example')).toBeUndefined();
      expect(await store.outgoing.addReport({ id, report: '{"n":5}', lesson: undefined })).toBe(false);
    });

    test('a path that a client used twice leads nowhere; without a history it goes with the entry', async () => {
      const first = await sent('ann+twice@home.example');
      const second = await sent('ann+twice@home.example');
      expect(await store.outgoing.pathOwner('ann+twice@home.example')).toBeUndefined();
      await end(endsOf([first]), undefined);
      expect(await store.outgoing.pathOwner('ann+twice@home.example')).toMatchObject({ id: second });
    });

    describe('failures in a row', () => {
      const address = 'a@one.example';
      const failed = (changes: Partial<Extract<RecipientLesson, { kind: 'failed' }>> = {}): RecipientLesson => ({
        ...{ kind: 'failed', accountId: ann, address, wasAccepted: false, reason: '550 no', atMs: 1000 },
        ...{ countedSinceMs: 500, suppressAt: 3, suppressedUntilMs: 9000 },
        ...changes,
      });
      const accepted: RecipientLesson = { kind: 'accepted', accountId: ann, address };
      const bounced = failed({ wasAccepted: true });
      const isSuppressed = async () => (await store.outgoing.suppressed(ann, address, 1000)) !== undefined;

      /** Each is learnt with the end of an entry. */
      async function learn(...lessons: readonly RecipientLesson[]): Promise<void> {
        for (const lesson of lessons) await end(endsOf([await sent('')], { lesson }), 1000);
      }

      test('suppress the address for a while, for this account', async () => {
        await learn(failed(), failed());
        expect(await isSuppressed()).toBe(false);
        await learn(failed({ reason: '550 5.2.0 the last' }));
        const reason = '3 failures in a row, the last: 550 5.2.0 the last';
        const suppression = { accountId: ann, address, reason, createdAtMs: 1000, expiresAtMs: 9000 };
        expect(await store.outgoing.suppressions(ann)).toEqual([suppression]);
        expect(await store.outgoing.suppressions(bob)).toEqual([]);
        // It begins anew.
        await store.outgoing.editRules({ do: 'unsuppress', accountId: ann, address });
        await learn(failed(), failed());
        expect(await isSuppressed()).toBe(false);
      });

      test.each([
        ['a success lies between', [failed(), failed(), accepted, failed()]],
        ['they are too old', [failed(), failed(), failed({ atMs: 5000, countedSinceMs: 1001 })]],
        ['another message was accepted and stayed so', [bounced, accepted, accepted, bounced, failed()]],
        [
          'other addresses failed',
          [failed(), failed({ address: 'b@one.example' }), failed({ accountId: bob }), failed()],
        ],
      ])('do not count when %s', async (_when, lessons) => {
        await learn(...lessons);
        expect(await isSuppressed()).toBe(false);
      });

      test.each([
        ['bounces take back what was accepted', [accepted, bounced, accepted, bounced, accepted, bounced]],
        ['one says that nobody is there', [failed({ suppressAt: 1 })]],
      ])('suppress where %s', async (_when, lessons) => {
        await learn(...lessons);
        expect(await isSuppressed()).toBe(true);
      });

      test('do not shorten what was set by hand, and are forgotten', async () => {
        const byHand = { accountId: ann, address, reason: 'by hand', createdAtMs: 5, expiresAtMs: undefined };
        await store.outgoing.editRules({ do: 'suppress', suppression: byHand });
        await learn(failed({ suppressAt: 1 }));
        expect(await store.outgoing.suppressions(ann)).toEqual([byHand]);
        await store.outgoing.editRules({ do: 'unsuppress', accountId: ann, address });
        await learn(failed(), failed());
        await store.outgoing.sweepHistory({ endedBeforeMs: 0, failedBeforeMs: 1001, limit: 9 });
        await learn(failed());
        expect(await isSuppressed()).toBe(false);
      });

      test('come with reports as well', async () => {
        const id = await sent('ann+y@home.example');
        await end(endsOf([id], { lesson: accepted }), 1500);
        await store.outgoing.addReport({ id, report: '{}', lesson: failed({ suppressAt: 1 }) });
        expect(await isSuppressed()).toBe(true);
      });
    });
  });
}
