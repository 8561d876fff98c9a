import { expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { Operation, SqlValue } from '../sql/statement.ts';
import { Announcer, readPayload } from './announcer.ts';

/** What was sent, by transaction. */
class Wire {
  readonly transactions: SqlValue[][] = [];
  broken = false;

  async write<T>(operation: () => Operation<T>): Promise<T> {
    await new Promise(setImmediate);
    if (this.broken) throw new Error('away');
    const payloads: SqlValue[] = [];
    const steps = operation();
    let step = steps.next([]);
    while (step.done !== true) {
      payloads.push(step.value.values[1] ?? null);
      step = steps.next([]);
    }
    this.transactions.push(payloads);
    return step.value;
  }

  get heard() {
    return this.transactions.flat().flatMap((payload) => readPayload(String(payload), 'other') ?? []);
  }
}

test('what is committed at one time is told together, in order', async () => {
  const wire = new Wire();
  const announcer = new Announcer(wire, 'c', 'me', silentLog);
  for (let i = 1; i <= 1000; i += 1) announcer.change(7, i, `[7,${i},0,[["expunged",1,[${i},1]]]]`);
  announcer.directory(12);
  await announcer.finish();
  expect(wire.transactions).toHaveLength(1);
  for (const payload of wire.transactions.flat()) expect(Buffer.byteLength(String(payload))).toBeLessThan(8000);
  expect(wire.heard.map((each) => (each.kind === 'change' ? each.modseq : each))).toEqual([
    ...Array.from({ length: 1000 }, (_each, i) => i + 1),
    { kind: 'directory', version: 12 },
  ]);
  expect(readPayload(String(wire.transactions[0]?.[0]), 'me')).toBeUndefined();
});

test('more than one transaction holds is told in several', async () => {
  const wire = new Wire();
  const announcer = new Announcer(wire, 'c', 'me', silentLog);
  const text = 'ü'.repeat(900);
  for (let i = 1; i <= 600; i += 1) announcer.change(7, i, `[7,${i},"${text}",[]]`);
  await announcer.finish();
  expect(wire.transactions.length).toBeGreaterThan(1);
  expect(wire.heard).toHaveLength(600);
  expect(wire.heard.every((each) => each.kind === 'change' && each.record?.includes(text))).toBe(true);
});

test('a change that is too large is only named', async () => {
  const wire = new Wire();
  const announcer = new Announcer(wire, 'c', 'me', silentLog);
  announcer.change(7, 3, `[7,3,0,${'x'.repeat(3000)}]`);
  await announcer.finish();
  expect(wire.heard).toEqual([{ kind: 'change', accountId: 7, modseq: 3, record: undefined }]);
});

test('a database that is away loses announcements, not more', async () => {
  const wire = new Wire();
  const announcer = new Announcer(wire, 'c', 'me', silentLog);
  wire.broken = true;
  announcer.directory(1);
  await announcer.finish();
  wire.broken = false;
  announcer.directory(2);
  await announcer.finish();
  expect(wire.heard).toEqual([{ kind: 'directory', version: 2 }]);
});

test.each(['', 'x', 'other\nrubbish\n[1]\n[1,x]\ndirectory\n'])('nothing can be read out of %j', (payload) => {
  expect(readPayload(payload, 'me')).toEqual([]);
});
