import { afterEach, expect, test } from 'vitest';
import { SourceAddresses } from './sources/source-addresses.ts';
import type { Source } from './sources/source-addresses.ts';
import { startFakeHost } from './testing/fake-host.ts';
import type { FakeHost } from './testing/fake-host.ts';
import { fakeWorld, printOutcomes, tryBatch } from './testing/try-batch.ts';
import type { World } from './testing/try-batch.ts';

let host: FakeHost | undefined;
let world: World | undefined;
afterEach(async () => {
  await world?.relay.close();
  host?.close();
});

const named = (ip: string, warmUp?: Source['warmUp']): Source => ({ ip, ehloName: `from-${ip}.our.test`, warmUp });
const plan = { sinceMs: 0, perDay: 1, growth: 1, upTo: 100, perDestination: 100 };

/** A relay that may send `left` messages from addresses that warm up. */
async function start(sources: readonly Source[], left = 0) {
  host = await startFakeHost('127.0.0.2', 0);
  const names = { 'a.test': { addresses: ['127.0.0.2'] }, 'b.test': { addresses: ['127.0.0.2'] } };
  let rest = left;
  const memory = { take: async () => (rest-- > 0 ? 'taken' : 'all-used') as 'taken' | 'all-used' };
  world = fakeWorld(host.port, names, { sources: new SourceAddresses(sources, memory, () => Date.now()) });
  return { host, relay: world.relay };
}

test('a message leaves from the address that was chosen, under its name, and its story says so', async () => {
  const { host: to, relay } = await start([named('127.0.0.50')]);
  const outcomes = await tryBatch(relay);
  expect(printOutcomes(outcomes)).toEqual(['delivered handed-on']);
  expect(to.peers).toEqual(['127.0.0.50']);
  expect(to.lines[0]).toBe('EHLO from-127.0.0.50.our.test');
  expect(outcomes[0]?.story.hosts[0]).toMatchObject({ address: '127.0.0.2', from: '127.0.0.50' });
});

test('what passes the plan leaves from another address, and never over a connection of the first', async () => {
  const { host: to, relay } = await start([named('127.0.0.50'), named('127.0.0.51', plan)], 1);
  for (let n = 0; n < 3; n++) expect(printOutcomes(await tryBatch(relay))).toEqual(['delivered handed-on']);
  expect(to.peers).toEqual(['127.0.0.51', '127.0.0.50']);
  expect(to.taken.map(({ connection }) => connection)).toEqual([1, 2, 2]);
});

test('a retry leaves from the address of the try before', async () => {
  const { host: to, relay } = await start([named('127.0.0.50'), named('127.0.0.52')]);
  for (const before of ['127.0.0.50', '127.0.0.52']) {
    to.behave({ rcpt: () => '450 4.2.0 greylisted' });
    const [first] = await tryBatch(relay, { entry: { story: [storyFrom(before)] } });
    expect(first?.story.hosts[0]?.from).toBe(before);
  }
});

test('when all addresses warm up, the message waits, and nobody is connected to', async () => {
  const { host: to, relay } = await start([named('127.0.0.51', plan)]);
  const outcomes = await tryBatch(relay, { to: ['x@a.test', 'y@a.test'] });
  expect(printOutcomes(outcomes)).toEqual(['later 4.7.0', 'later 4.7.0']);
  expect(outcomes[0]?.story.summary).toContain('warm-up');
  expect(to.connections()).toBe(0);
});

test('an address that this machine does not have makes mail wait', async () => {
  const { host: to, relay } = await start([named('192.0.2.1')]);
  expect(printOutcomes(await tryBatch(relay))[0]).toMatch(/^later 4\.4\./);
  expect(to.connections()).toBe(0);
});

test('through a proxy none of them counts', async () => {
  const { relay } = await start([named('127.0.0.51', plan)]);
  const transport = { kind: 'socks', name: 'x', host: '127.0.0.1', port: 1 } as const;
  expect(printOutcomes(await tryBatch(relay, { transport }))).toEqual(['later 4.4.1']);
});

function storyFrom(from: string) {
  const hosts = [{ host: 'a.test', address: '127.0.0.2', tls: undefined, verdict: undefined, replies: [], from }];
  return { startedAtMs: 0, endedAtMs: 1, transport: 'direct', hosts, result: 'later', summary: '' } as const;
}
