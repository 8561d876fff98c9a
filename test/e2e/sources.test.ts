/** Addresses that mail leaves from: one warms up by its plan, which a restart does not begin anew. */
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FakeHost } from '../../src/relay/testing/fake-host.ts';
import { startInternet } from './harness/fake-internet.ts';
import type { FakeInternet } from './harness/fake-internet.ts';
import { startServe } from './harness/server.ts';
import type { TestServer } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@example.test', password: 'a long password' };
let internet: FakeInternet;
let host: FakeHost;
let server: TestServer;

beforeAll(async () => {
  internet = await startInternet([]);
  host = await internet.addHost('mx.plain.test', {});
  internet.names['plain.test'] = { mx: 'mx.plain.test' };
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  // One message a day, whatever the hour is.
  const warmUp = `{ since: ${yesterday}, perDay: 1, growth: 1, upTo: 9 }`;
  const sources = `sources: [{ ip: 127.0.0.61 }, { ip: 127.0.0.62, ehlo: cold.example.test, warmUp: ${warmUp} }]`;
  const config = internet.config.map((line) => line.replace(/^relay: \{/, `relay: { ${sources},`));
  expect(config.join('\n')).toContain('cold.example.test');
  server = await startServe({ accounts: [ann], config });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await internet?.[Symbol.asyncDispose]();
});

async function send(to: string): Promise<void> {
  const before = host.taken.length;
  const transport = createTransport({
    ...{ host: '127.0.0.1', port: server.ports.submission, ignoreTLS: true },
    auth: { user: ann.address, pass: ann.password },
  });
  await transport.sendMail({ from: ann.address, to, text: 'hello' });
  await expect.poll(() => host.taken.length, { timeout: 20_000 }).toBe(before + 1);
}

test('the plan, what it leaves to the other address, its state, and a restart', async () => {
  await send('a@plain.test');
  expect(host.peers).toEqual(['127.0.0.62']);
  expect(host.lines[0]).toBe('EHLO cold.example.test');
  await send('b@plain.test');
  expect(host.peers.slice(1)).toEqual(['127.0.0.61']);
  const state = async (): Promise<unknown> => JSON.parse((await server.admin('queue', 'sources', '--json')).stdout);
  const expected = [
    { ip: '127.0.0.61', ehlo: 'mail.example.test', state: 'warm' },
    {
      ...{ ip: '127.0.0.62', ehlo: 'cold.example.test', state: 'warming', day: 2, today: 1, byNow: 1 },
      ...{ sent: 1, destinations: [{ domain: 'plain.test', sent: 1 }] },
    },
  ];
  expect(await state()).toMatchObject(expected);
  await server.stop();
  expect(await state()).toMatchObject(expected);
  await server.start();
  await send('c@plain.test');
  expect(host.peers.slice(1).every((peer) => peer === '127.0.0.61')).toBe(true);
  expect((await server.admin('queue', 'sources')).stdout).toMatch(/127\.0\.0\.62 .*day 2: 1 of 1 messages left/);
});
