import { mkdtemp } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../base/clock.ts';
import { silentLog } from '../../base/log.ts';
import { startFakeHost } from '../../relay/testing/fake-host.ts';
import { fakeZone } from '../../relay/testing/fake-zone.ts';
import { printOutcomes, tryBatch } from '../../relay/testing/try-batch.ts';
import { openStore } from '../../store/open-store.ts';
import type { Store } from '../../store/store.ts';
import { isOwnAddress, openRelay, sourcesOf } from './open-relay.ts';
import { stsMemory } from './sts-memory.ts';

let store: Store;
beforeAll(async () => {
  store = await openStore({ dataDir: await mkdtemp(join(tmpdir(), 'posthorn-relay-')) });
});
afterAll(() => store.close());

describe('an address of our own', () => {
  const own = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []);
  const all = {
    listeners: [
      { ip: '0.0.0.0', smtp: 25 },
      { ip: '::', smtp: 25 },
    ],
    port: 25,
  };
  test.each(['127.0.0.1', '127.1.2.3', '0.0.0.0', '::', '::ffff:127.0.0.1', ...own])('%s', (address) => {
    expect(isOwnAddress(all, address)).toBe(true);
  });
  test('is one only where we listen on the port of mail', () => {
    expect(isOwnAddress({ ...all, port: 2525 }, '127.0.0.1')).toBe(false);
    expect(isOwnAddress({ listeners: [{ ip: '127.0.0.5', smtp: 25 }], port: 25 }, '127.0.0.1')).toBe(false);
    expect(isOwnAddress({ listeners: [{ ip: '127.0.0.5', smtp: 25 }], port: 25 }, '127.0.0.5')).toBe(true);
  });
  test('others are not', () => expect(isOwnAddress(all, '192.0.2.1')).toBe(false));
});

test('mail leaves from the address that it comes in on', () => {
  const listeners = [
    { ip: '127.0.0.1', smtp: 25 },
    { ip: '192.0.2.1', smtp: 25 },
    { ip: '2001:db8::1', smtp: 25 },
  ];
  const usual = (ip: string) => ({ ip, ehloName: undefined, warmUp: undefined });
  expect(sourcesOf({ listeners, sources: [] })).toEqual([usual('192.0.2.1'), usual('2001:db8::1')]);
  expect(sourcesOf({ listeners: [{ ip: '0.0.0.0', smtp: 25 }, { ip: '192.0.2.9' }], sources: [] })).toEqual([]);
  // A family that the configuration names leaves from there only.
  const warmUp = { since: 5, perDay: 1, growth: 2, upTo: 9, perDestination: 25 };
  expect(sourcesOf({ listeners, sources: [{ ip: '192.0.2.7', ehlo: 'out.our.test', warmUp }] })).toEqual([
    { ip: '192.0.2.7', ehloName: 'out.our.test', warmUp: { ...warmUp, sinceMs: 5 } },
    usual('2001:db8::1'),
  ]);
});

test('a policy comes back from the store as it was', async () => {
  const memory = stsMemory(store.relay);
  const policy = { mode: 'enforce', mx: ['*.a.test'], maxAgeSeconds: 5 } as const;
  const record = { domain: 'a.test', policyId: '1', policy, fetchedAtMs: 1000, usedAtMs: 2000 };
  await memory.save(record);
  expect(await memory.load('a.test')).toEqual(record);
  expect(await memory.due(2000, 2000, 10)).toEqual([record]);
  await memory.forget(3000);
  expect(await memory.load('a.test')).toBeUndefined();
});

test('what a session showed is in the store after the end', async () => {
  const host = await startFakeHost('127.0.0.2', 0);
  const zone = fakeZone({ 'b.test': { addresses: ['127.0.0.2'] } });
  const relay = openRelay({
    ...{
      hostname: 'mail.our.test',
      listeners: [],
      port: host.port,
      policyPort: 443,
      sources: [],
      ca: undefined,
      store,
    },
    ...{ resolver: zone.resolver, clock: systemClock, log: silentLog },
  });
  expect(printOutcomes(await tryBatch(relay, { to: ['x@b.test'] }))).toEqual(['delivered handed-on']);
  await relay.close();
  host.close();
  const day = Math.floor(Date.now() / 86_400_000);
  const rows = await store.relay.tlsResults(day, { after: { domain: '', key: '' }, limit: 10 });
  expect(rows).toMatchObject([{ domain: 'b.test', count: 1 }]);
  expect(JSON.parse(rows[0]?.facts ?? '')).toMatchObject({
    result: 'starttls-not-supported',
    receivingIp: '127.0.0.2',
  });
  expect(zone.asked).toContain('txt _mta-sts.b.test');
});
