import { expect, test } from 'vitest';
import { silentLog } from '../../base/log.ts';
import type { LoginAttemptRow } from '../../store/login-attempt.ts';
import { createLoginGuard } from './login-guard.ts';
import type { NetworkFailures } from './login-guard.ts';
import type { LoginAttempt } from './login-attempt.ts';
import { LoginLog } from './login-log.ts';
import type { LoginStore } from './login-log.ts';

const start = Date.UTC(2030, 0, 1, 12);
const clock = { time: start, now: () => clock.time };
const ann = { account: { name: 'ann' }, proof: { kind: 'password', id: '' } } as const;
const home = '192.0.2.1';
const stranger = '203.0.113.9';

function memoryStore(): LoginStore & { readonly rows: LoginAttemptRow[] } {
  const rows: LoginAttemptRow[] = [];
  return {
    rows,
    addLoginAttempts: (added) => Promise.resolve(void rows.push(...added)),
    readLoginAttempts: () => Promise.resolve(rows.toSorted((a, b) => b.lastAtMs - a.lastAtMs)),
    pruneLoginAttempts: () => Promise.resolve(),
  };
}

function open(store = memoryStore()) {
  const asked: string[] = [];
  const restored = new Map<string, number>();
  const networks: NetworkFailures = {
    blocked: (address, known) => asked.push(`${address} ${known}`) > 0 && !known,
    attempt: (address, known) => asked.push(`${address} ${known}`) > 0,
    reset() {},
    takeBack() {},
    restore: (address, failures) => void restored.set(address, (restored.get(address) ?? 0) + failures),
  };
  const log = new LoginLog(store, clock, silentLog);
  const guard = createLoginGuard({
    ...{ networks, log, clock, networkOf: (address) => address },
    accountOf: (login) => (login === 'ann@example.org' ? 'ann' : undefined),
    canonicalLogin: (login) => login.replace(/\+.*@/, '@'),
    isExempt: (address) => address === '127.0.0.1',
  });
  return { guard, log, store, asked, restored };
}

function attempt(remoteAddress: string, login = 'ann@example.org'): LoginAttempt {
  return { protocol: 'imap', mechanism: 'PLAIN', login, remoteAddress, localAddress: '192.0.2.25', tls: 'TLSv1.3' };
}

function guess(guard: ReturnType<typeof open>['guard'], address: string, times: number, login?: string): void {
  for (let n = 0; n < times; n++) guard.failed(attempt(address, login), 'badpassword');
}

test('guesses at a login slow it down for everybody but the addresses it succeeded from', () => {
  const { guard, asked } = open();
  guard.succeeded(attempt(home), ann);
  guess(guard, stranger, 20);
  expect(guard.delayMs(home, 'ann@example.org')).toBe(0);
  expect(guard.delayMs(stranger, 'ann@example.org')).toBe(30_000);
  expect(guard.delayMs('203.0.113.10', 'ann@example.org')).toBe(60_000);
  expect(guard.delayMs('127.0.0.1', 'ann@example.org')).toBe(0);
  expect(guard.delayMs(stranger, 'bob@example.org')).toBe(0);
  expect(guard.isKnown(home, 'ann@example.org')).toBe(true);
  for (const [address, login] of [
    [stranger, 'ann@example.org'],
    [home, 'bob@example.org'],
  ] as const)
    expect(guard.isKnown(address, login)).toBe(false);
  // And its networks are judged by its own failures.
  expect([guard.blocked(home), guard.blocked(stranger)]).toEqual([false, true]);
  guard.attempt(home);
  expect(asked).toEqual([`${home} true`, `${stranger} false`, `${home} true`]);
});

test('a login that nobody has is slowed down in the same way', () => {
  const { guard } = open();
  guess(guard, stranger, 10, 'Eve@example.org');
  // All spellings of it together, as with a login that somebody has.
  guess(guard, stranger, 10, 'eve+shop@example.org');
  expect(guard.delayMs(stranger, 'eve@example.org')).toBe(30_000);
});

test('what is no guess slows nobody down', () => {
  const { guard } = open();
  for (let n = 0; n < 20; n++) {
    guard.failed(attempt(stranger), 'limited');
    guard.failed(attempt(stranger), 'logindisabled');
    guard.failed(attempt(stranger, ''), 'baduser');
    guard.failed(attempt('127.0.0.1'), 'badpassword');
  }
  expect(guard.delayMs(stranger, 'ann@example.org')).toBe(0);
});

test('all of it is known again after a restart', async () => {
  const before = open();
  guess(before.guard, home, 3);
  clock.time += 1;
  before.guard.succeeded(attempt(home), ann);
  guess(before.guard, stranger, 20);
  guess(before.guard, stranger, 7, 'eve@example.org');
  await before.log.close();
  const { guard, restored } = open(before.store);
  await guard.restore();
  expect(restored).toEqual(new Map([[stranger, 27]]));
  expect(guard.delayMs(home, 'ann@example.org')).toBe(0);
  expect(guard.delayMs(stranger, 'ann@example.org')).toBe(30_000);
  expect(guard.delayMs(stranger, 'eve@example.org')).toBe(2000);
});

test('a success is remembered for 30 days', () => {
  const { guard } = open();
  guard.succeeded(attempt(home), ann);
  clock.time += 30 * 86_400_000;
  guess(guard, stranger, 20);
  expect(guard.delayMs(home, 'ann@example.org')).toBe(30_000);
});
