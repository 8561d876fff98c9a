/** One posthorn sends all its mail through another, and logs in there in every way that both know. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServe, type TestServer } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@relay.test', password: 'ann has a password' };
const ways = ['starttls', 'implicit', 'token', 'certificate', 'wrong'];
let hub: TestServer;
let server: TestServer;

beforeAll(async () => {
  const password = 'nobody logs in';
  const readers = ways.map((name) => ({ name, address: `x@${name}.test`, password }));
  hub = await startServe({ accounts: [ann, ...readers] });
  const stem = join(hub.dir, 'relay');
  await hub.admin('config', 'tlspubkey', 'gen', ann.address, stem);
  const pem = join(hub.dir, 'both.pem');
  writeFileSync(pem, readFileSync(`${stem}.key.pem`, 'utf8') + readFileSync(`${stem}.certificate.pem`, 'utf8'));
  const secret = `username: ${ann.address}, password: ${ann.password}`;
  const to = (name: string, more: string): string =>
    `  ${name}: { host: 127.0.0.1, verify: false, port: ${hub.ports.submission}, tls: starttls, ${more} }`;
  server = await startServe({
    accounts: [ann],
    config: [
      'transports:',
      to('starttls', secret),
      `  implicit: { host: 127.0.0.1, verify: false, port: ${hub.ports.submissions}, tls: implicit, ${secret} }`,
      to('token', `username: ${ann.address}, tokenFile: nowhere`),
      to('certificate', `clientCert: ${pem}`),
      to('wrong', `username: ${ann.address}, password: another`),
      `routes: [${ways.map((name) => `{ to: [${name}.test], transport: ${name} }`).join(', ')}]`,
    ],
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await hub[Symbol.asyncDispose]();
});

async function send(to: string): Promise<void> {
  const transport = createTransport({
    ...{ host: '127.0.0.1', port: server.ports.submission, tls: { rejectUnauthorized: false } },
    auth: { user: ann.address, pass: ann.password },
  });
  await transport.sendMail({ from: ann.address, to, text: 'hello' });
}

test.each([
  ['starttls', 'SCRAM-SHA-256-PLUS'],
  ['implicit', 'SCRAM-SHA-256-PLUS'],
  ['certificate', 'EXTERNAL'],
])('%s: by %s', async (way, mechanism) => {
  const before = hub.log.length;
  await send(`x@${way}.test`);
  await expect.poll(() => hub.log.slice(before), { timeout: 20_000 }).toContain(`"recipient":"x@${way}.test"`);
  expect(hub.log.slice(before)).toContain(`"mechanism":"${mechanism}"`);
});

test.each(['wrong', 'token'])('%s: the mail waits, with what was said in its story', async (way) => {
  await send(`x@${way}.test`);
  await expect
    .poll(async () => (await server.admin('queue', 'list', '--json', '--to', `x@${way}.test`)).stdout, {
      timeout: 20_000,
    })
    .toContain('AUTH');
});
