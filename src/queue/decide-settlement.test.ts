import { expect, test } from 'vitest';
import { decideSettlement } from './decide-settlement.ts';
import type { Notify, QueueId } from './queued.ts';
import { defaultSchedule } from './schedule.ts';
import { testEntry, testOutcome, testStory } from './test-entries.ts';

const hourMs = 3_600_000;
const id = 1 as QueueId;
const delivered = testOutcome(id, 'delivered', 250, '2.0.0');
const failed = testOutcome(id, 'failed', 550, '5.1.1');
const later = testOutcome(id, 'later', 450, '4.2.0');

function notify(...words: Notify[]) {
  return testEntry({ notify: words });
}

test('a delivery ends the entry; who asked for it is told, unless the next server does that', () => {
  expect(decideSettlement(testEntry(), delivered, defaultSchedule, 0)).toMatchObject({
    fate: { kind: 'done' },
    notice: undefined,
  });
  const final = { ...delivered, dsn: 'final' as const };
  const relayed = { ...delivered, dsn: 'relayed-without-dsn' as const };
  expect(decideSettlement(testEntry(), final, defaultSchedule, 0).notice).toBeUndefined();
  expect(decideSettlement(notify('SUCCESS'), delivered, defaultSchedule, 0).notice).toBeUndefined();
  expect(decideSettlement(notify('SUCCESS'), final, defaultSchedule, 0).notice).toMatchObject({ action: 'delivered' });
  expect(decideSettlement(notify('SUCCESS'), relayed, defaultSchedule, 0).notice).toMatchObject({ action: 'relayed' });
});

test('a failure ends the entry, and its sender is told unless he did not want to hear of it', () => {
  expect(decideSettlement(testEntry(), failed, defaultSchedule, 0)).toMatchObject({
    fate: { kind: 'done' },
    notice: { action: 'failed', status: '5.1.1', reply: { code: 550 } },
  });
  expect(decideSettlement(notify('FAILURE'), failed, defaultSchedule, 0).notice).toBeDefined();
  expect(decideSettlement(notify('NEVER'), failed, defaultSchedule, 0).notice).toBeUndefined();
  expect(decideSettlement(notify('SUCCESS', 'DELAY'), failed, defaultSchedule, 0).notice).toBeUndefined();
});

test('a bounce never bounces', () => {
  expect(decideSettlement(testEntry({ returnPath: '' }), failed, defaultSchedule, 0).notice).toBeUndefined();
  expect(decideSettlement(testEntry({}, { kind: 'notification' }), failed, defaultSchedule, 0).notice).toBeUndefined();
});

test('what may pass is tried again by the schedule, at the latest when the time of the message ends', () => {
  const decision = decideSettlement(testEntry({ attempts: 2 }), later, defaultSchedule, 1000);
  if (decision.fate.kind !== 'later') throw new Error('not later');
  expect(Math.abs(decision.fate.dueAtMs - 1000 - 30 * 60_000)).toBeLessThanOrEqual(90_000);
  const short = testEntry({ attempts: 9, expiresAtMs: 5000 });
  expect(decideSettlement(short, later, defaultSchedule, 3000)).toMatchObject({
    fate: { kind: 'later', dueAtMs: 5000 },
  });
});

test('when the time is over, it failed', () => {
  expect(decideSettlement(testEntry({ expiresAtMs: 5000 }), later, defaultSchedule, 5000)).toMatchObject({
    fate: { kind: 'done' },
    notice: { action: 'failed', status: '4.2.0', because: 'expired' },
  });
});

test('a delay is told once, after four hours of tries, and not of reports', () => {
  const tried = { story: [testStory('later', hourMs)], expiresAtMs: 96 * hourMs };
  const at = (nowMs: number, changes = {}, message = {}) =>
    decideSettlement(testEntry({ ...tried, ...changes }, message), later, defaultSchedule, nowMs);
  expect(at(4 * hourMs)).toMatchObject({ fate: { delayTold: false }, notice: undefined });
  expect(at(4.9 * hourMs)).toMatchObject({
    fate: { kind: 'later', delayTold: true },
    notice: { action: 'delayed', willRetryUntilMs: 96 * hourMs },
  });
  expect(at(9 * hourMs, { delayTold: true })).toMatchObject({ fate: { delayTold: true }, notice: undefined });
  expect(at(9 * hourMs, { notify: ['FAILURE'] }).notice).toBeUndefined();
  expect(at(9 * hourMs, {}, { kind: 'report' }).notice).toBeUndefined();
});
