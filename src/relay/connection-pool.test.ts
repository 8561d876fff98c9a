import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SmtpClient } from '../clients/smtp/smtp-client.ts';
import { ConnectionPool, defaultPoolLimits } from './connection-pool.ts';
import type { PoolLimits, RelayConnection } from './connection-pool.ts';
import { startFakeHost } from './testing/fake-host.ts';
import type { Behaviour, FakeHost } from './testing/fake-host.ts';

let host: FakeHost;
let pool: ConnectionPool;
let now = 0;
beforeEach(() => (now = 0));
afterEach(async () => {
  await pool.close();
  host.close();
});

async function open(behaviour: Behaviour = {}, limits: Partial<PoolLimits> = {}): Promise<RelayConnection> {
  host = await startFakeHost('127.0.0.2', 0, behaviour);
  pool = new ConnectionPool({ ...defaultPoolLimits, ...limits }, () => now);
  return another();
}
async function another(key = 'k'): Promise<RelayConnection> {
  const client = await SmtpClient.connect({ host: host.address, port: host.port, tls: 'none', ehloName: 'me.test' });
  const stop = new AbortController();
  return {
    client,
    stop,
    key,
    tls: undefined,
    verdict: '',
    openedAtMs: now,
    transactions: 1,
    domains: new Set(['a.test']),
  };
}

test('nobody else has a connection that is taken', async () => {
  const connection = await open();
  pool.give(connection);
  expect(pool.take('k', 'a.test')).toBe(connection);
  expect(pool.take('k', 'a.test')).toBeUndefined();
});

test('only those who ask the same of it get it', async () => {
  pool.give(await open());
  expect(pool.take('other', 'a.test')).toBeUndefined();
});

test('the one that was used last is used first, so that others may end', async () => {
  pool.give(await open());
  const last = await another();
  pool.give(last);
  expect(pool.take('k', 'a.test')).toBe(last);
});

describe('is not used again', () => {
  const given = async (behaviour: Behaviour, limits: Partial<PoolLimits>, domain = 'a.test'): Promise<unknown> => {
    const connection = await open(behaviour, limits);
    pool.give(connection);
    now += 10;
    return pool.take('k', domain);
  };
  test('after so many messages', async () => expect(await given({}, { maxTransactions: 1 })).toBeUndefined());
  test('after as many as the host takes', async () => {
    expect(await given({ offers: ['LIMITS MAILMAX=1'] }, {})).toBeUndefined();
  });
  test('for more domains than the host takes', async () => {
    expect(await given({ offers: ['LIMITS RCPTDOMAINMAX=1'] }, {}, 'b.test')).toBeUndefined();
  });
  test('but for those it has already', async () => {
    expect(await given({ offers: ['LIMITS RCPTDOMAINMAX=1'] }, {})).toBeDefined();
  });
  test('when it is old', async () => expect(await given({}, { maxAgeMs: 5 })).toBeUndefined());
  test('when too many are idle', async () => expect(await given({}, { maxIdle: 0 })).toBeUndefined());
});

test('an idle one ends with QUIT', async () => {
  const connection = await open({}, { idleMs: 20 });
  pool.give(connection);
  await vi.waitFor(() => expect(host.lines).toContain('QUIT'));
  expect(pool.take('k', 'a.test')).toBeUndefined();
});

test('at the end all of them do, also those that come back later', async () => {
  pool.give(await open());
  const busy = await another();
  await pool.close();
  pool.give(busy);
  await pool.close();
  expect(host.lines.filter((line) => line === 'QUIT')).toHaveLength(2);
});

test('one that is gone is not kept', async () => {
  const connection = await open();
  connection.client.destroy();
  pool.give(connection);
  expect(pool.take('k', 'a.test')).toBeUndefined();
});
