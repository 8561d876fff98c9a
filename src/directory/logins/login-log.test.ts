import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { LoginAttemptRow } from '../../store/login-attempt.ts';
import type { EndedAttempt } from './login-attempt.ts';
import { LoginLog } from './login-log.ts';
import type { LoginStore } from './login-log.ts';

const start = Date.UTC(2030, 0, 1);

beforeEach(() => void vi.useFakeTimers({ now: start }));
afterEach(() => void vi.useRealTimers());

/** Adds rows up as the store does. */
class Memory implements LoginStore {
  readonly rows = new Map<string, LoginAttemptRow>();
  readonly pruned: number[] = [];
  failing = false;
  writes = 0;

  addLoginAttempts(rows: readonly LoginAttemptRow[]): Promise<void> {
    this.writes++;
    if (this.failing) return Promise.reject(new Error('the disk is on fire'));
    for (const row of rows) {
      const count = (this.rows.get(row.key)?.count ?? 0) + row.count;
      this.rows.set(row.key, { ...row, count });
    }
    return Promise.resolve();
  }

  readLoginAttempts(): Promise<readonly LoginAttemptRow[]> {
    return Promise.resolve([...this.rows.values()]);
  }

  pruneLoginAttempts({ beforeMs }: { readonly beforeMs: number }): Promise<void> {
    this.pruned.push(beforeMs);
    return Promise.resolve();
  }
}

function open() {
  const store = new Memory();
  return { store, log: new LoginLog(store, { now: Date.now }, silentLog) };
}

function ended(more: Partial<EndedAttempt> = {}): EndedAttempt {
  return {
    ...{ protocol: 'imap', mechanism: 'PLAIN', login: 'ann@example.org', remoteAddress: '192.0.2.1' },
    ...{ localAddress: '192.0.2.2', tls: 'TLSv1.3', result: 'ok', account: 'ann', proof: undefined, atMs: Date.now() },
    ...more,
  };
}

test('equal attempts of a day are one row, written together some seconds later', async () => {
  const { store, log } = open();
  for (let n = 0; n < 5; n++) log.add(ended({ result: 'badpassword' }));
  log.add(ended());
  expect(store.writes).toBe(0);
  await vi.advanceTimersByTimeAsync(5000);
  expect([...store.rows.values()]).toMatchObject([
    { result: 'badpassword', count: 5, account: 'ann', tls: 'TLSv1.3', proof: '' },
    { result: 'ok', count: 1 },
  ]);
  expect(store.writes).toBe(1);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(store.writes).toBe(1);
  vi.setSystemTime(start + 86_400_000);
  log.add(ended());
  await log.close();
  expect(store.rows.size).toBe(3);
});

test('a client that names itself after the login is written down with its name', async () => {
  const { store, log } = open();
  await vi.advanceTimersByTimeAsync(4500);
  const note = log.add(ended());
  await vi.advanceTimersByTimeAsync(900);
  note.client('K-9 Mail');
  await vi.advanceTimersByTimeAsync(10_000);
  expect([...store.rows.values()]).toMatchObject([{ client: 'K-9 Mail', count: 1 }]);
  // Too late: nothing is written twice.
  note.client('something else');
  await log.close();
  expect(store.rows.size).toBe(1);
});

test('which key and which app password is told, texts from outside are cut', async () => {
  const { log } = open();
  log.add(ended({ proof: { kind: 'app-password', id: 'abc' }, client: `a\r\nb${'c'.repeat(500)}` }));
  log.add(ended({ proof: { kind: 'tls-public-key', fingerprint: 'def' }, login: 'x'.repeat(5000) }));
  const rows = await log.read('ann', 10);
  expect(rows.map(({ proof }) => proof)).toEqual(['app-password abc', 'tls-public-key def']);
  expect(rows[0]?.client).toMatch(/^a\?\?bc+$/);
  expect([rows[0]?.client.length, rows[1]?.login.length]).toEqual([200, 320]);
});

test('what cannot be written waits', async () => {
  const { store, log } = open();
  store.failing = true;
  log.add(ended({ result: 'badpassword' }));
  await vi.advanceTimersByTimeAsync(6000);
  log.add(ended({ result: 'badpassword' }));
  store.failing = false;
  await vi.advanceTimersByTimeAsync(6000);
  expect([...store.rows.values()]).toMatchObject([{ count: 2 }]);
});

test('a flood stays bounded and is counted whole', async () => {
  const { store, log } = open();
  const total = 20_000;
  for (let n = 0; n < total; n++) {
    log.add(
      ended({ result: 'baduser', account: undefined, login: `x${n}@example.org`, remoteAddress: `2001:db8::${n}` }),
    );
  }
  await log.close();
  const rows = [...store.rows.values()];
  expect(rows.length).toBe(5001);
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(total);
});

test('old rows go once an hour', async () => {
  const { store, log } = open();
  for (let n = 0; n < 90; n++) {
    log.add(ended());
    await vi.advanceTimersByTimeAsync(60_000);
  }
  expect(store.pruned.length).toBe(2);
  expect(store.pruned[0]).toBe(start + 5000 - 30 * 86_400_000);
});
