import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AccountId, ModSeq } from '../ids.ts';
import { AccountFeed, type FeedSource } from './account-feed.ts';
import { printChange, type AccountChange } from './change-record.ts';
import type { LoggedChange } from './change-log.ts';

const accountId = 1 as AccountId;

function change(modseq: number, origin?: string): AccountChange {
  const of = { accountId, modseq: modseq as ModSeq };
  return { ...of, origin, deltas: [{ ...of, kind: 'subscription', name: `n${modseq}`, subscribed: true }] };
}

/** A database with one account, and what a feed on it delivers. */
class Bench implements FeedSource {
  readonly process = 'here';
  readonly log: LoggedChange[] = [];
  readonly delivered: string[] = [];
  modseq: number | undefined = 0;
  reads = 0;
  failures = 0;
  failing = 0;

  commit(origin?: string): AccountChange {
    this.modseq = (this.modseq ?? 0) + 1;
    const made = change(this.modseq, origin);
    this.log.push({ modseq: made.modseq, process: origin === undefined ? 'there' : 'here', record: printChange(made) });
    return made;
  }

  async readModseq(): Promise<number | undefined> {
    const { modseq } = this;
    await this.#pause();
    return modseq;
  }

  async readChanges(_accountId: AccountId, after: number): Promise<readonly LoggedChange[]> {
    this.reads += 1;
    const found = this.log.filter((each) => each.modseq > after).slice(0, 500);
    await this.#pause();
    return found;
  }

  deliver({ modseq, origin, deltas }: AccountChange): void {
    this.delivered.push(`${modseq} ${deltas[0]?.kind === 'subscription' ? (origin ?? '-') : String(deltas[0]?.kind)}`);
  }

  failed(): void {
    this.failures += 1;
  }

  async #pause(): Promise<void> {
    await new Promise(setImmediate);
    if (this.failing > 0) {
      this.failing -= 1;
      throw new Error('away');
    }
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await new Promise(setImmediate);
}

const event = fc.record({
  who: fc.constantFrom('own', 'remote', 'remote large', 'remote lost'),
  /** How much later it is heard of than it was committed. */
  late: fc.nat({ max: 3 }),
  fails: fc.boolean(),
  turns: fc.nat({ max: 2 }),
});

test('whatever comes in whatever order: all after the start is delivered once and in order, own before its answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 25 }), async (events) => {
      const bench = new Bench();
      bench.commit();
      const feed = new AccountFeed(accountId, bench);
      await feed.begin();
      const due = new Map<number, (() => void)[]>();
      const answers: Promise<void>[] = [];
      for (const [at, { who, late, fails, turns }] of events.entries()) {
        const made = bench.commit(who === 'own' ? `o${at}` : undefined);
        if (fails) bench.failing = 1;
        const failures = bench.failures;
        const hear = (): void => {
          if (who === 'remote') feed.remote(made.modseq, made);
          if (who === 'remote large') feed.remote(made.modseq, undefined);
          if (who !== 'own') return;
          const answer = feed.own(made) ?? Promise.resolve();
          answers.push(
            answer.then(() => {
              const told = bench.delivered.includes(`${made.modseq} o${at}`);
              expect(told || bench.failures > failures).toBe(true);
            }),
          );
        };
        due.set(at + late, [...(due.get(at + late) ?? []), hear]);
        for (const each of due.get(at) ?? []) each();
        due.delete(at);
        for (let i = 0; i < turns; i += 1) await new Promise(setImmediate);
      }
      for (const each of [...due.values()].flat()) each();
      await settle();
      bench.failing = 0;
      feed.know(bench.modseq ?? 0);
      await settle();
      await Promise.all(answers);
      expect(bench.delivered).toEqual(events.map(({ who }, at) => `${at + 2} ${who === 'own' ? `o${at}` : '-'}`));
    }),
    { numRuns: 60 },
  );
});

describe('a feed', () => {
  test('that is beginning tells own changes that were made meanwhile, and no others', async () => {
    const bench = new Bench();
    const feed = new AccountFeed(accountId, bench);
    const own = bench.commit('o');
    const foreign = bench.commit();
    const beginning = feed.begin();
    feed.remote(foreign.modseq, foreign);
    const answered = feed.own(own);
    const later = bench.commit('p');
    await Promise.all([beginning, answered, feed.own(later)]);
    expect(bench.delivered).toEqual(['1 o', '3 p']);
  });

  test('needs no reads while nothing is missing', async () => {
    const bench = new Bench();
    const feed = new AccountFeed(accountId, bench);
    await feed.begin();
    for (let i = 0; i < 5; i += 1) {
      const own = bench.commit('o');
      expect(feed.own(own)).toBeUndefined();
      const foreign = bench.commit();
      feed.remote(foreign.modseq, foreign);
    }
    expect(bench.reads).toBe(0);
    expect(bench.delivered).toHaveLength(10);
  });

  test('does not hold up answers when the database is away, and goes on later', async () => {
    const bench = new Bench();
    const feed = new AccountFeed(accountId, bench);
    await feed.begin();
    bench.commit();
    bench.failing = 1;
    await feed.own(bench.commit('o'));
    expect(bench.failures).toBe(1);
    expect(bench.delivered).toEqual([]);
    await feed.own(bench.commit('p'));
    expect(bench.delivered).toEqual(['1 -', '2 o', '3 p']);
  });

  test('that missed what the log has forgotten ends sessions and begins anew', async () => {
    const bench = new Bench();
    const feed = new AccountFeed(accountId, bench);
    await feed.begin();
    for (let i = 0; i < 5; i += 1) bench.commit();
    bench.log.splice(0, 2);
    feed.know(5);
    await settle();
    expect(bench.delivered).toEqual(['1 account-removed']);
    expect(feed.position).toBe(5);
    await feed.own(bench.commit('o'));
    expect(bench.delivered).toEqual(['1 account-removed', '6 o']);
  });

  test('of an account that is gone says so', async () => {
    const bench = new Bench();
    const feed = new AccountFeed(accountId, bench);
    await feed.begin();
    bench.modseq = undefined;
    feed.accountGone();
    await settle();
    expect(bench.delivered).toEqual(['1 account-removed', '1 account-removed']);
    expect(feed.own(change(2))).toBeUndefined();
  });

  test.each([false, true])('that was stopped says nothing more and holds nobody up (log empty: %s)', async (empty) => {
    const bench = new Bench();
    const feed = new AccountFeed(accountId, bench);
    await feed.begin();
    bench.commit();
    const own = bench.commit('o');
    if (empty) bench.log.length = 0;
    const answered = feed.own(own);
    feed.stop();
    await answered;
    await settle();
    expect(bench.delivered).toEqual([]);
  });
});
