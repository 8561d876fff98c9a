/** Routes of accounts and sender domains: kept in the directory, in effect at once, and never without their transport. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServe, type TestServer } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@example.test', password: 'a long password' };
const bob = { name: 'bob', address: 'bob@example.test', password: 'a long password' };
let server: TestServer;

beforeAll(async () => {
  // Each way refuses for now in words of its own, so that the story of a message tells by which one it went.
  const fail = (text: string): string => `{ kind: fail, code: 451, text: "${text}" }`;
  server = await startServe({
    accounts: [ann, bob],
    config: [
      'transports:',
      `  general: ${fail('by the general way')}`,
      `  domains: ${fail('by the way of the domain')}`,
      `  own: ${fail('by a way of its own')}`,
      'routes: [{ transport: general }]',
    ],
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

interface Listed {
  readonly id: number;
  readonly recipient: string;
  readonly story: readonly { readonly summary: string }[];
}

/** Sends, and tells what the first try met. */
async function wayOf({ address, password }: typeof ann, to: string): Promise<string> {
  const transport = createTransport({
    ...{ host: '127.0.0.1', port: server.ports.submission, tls: { rejectUnauthorized: false } },
    auth: { user: address, pass: password },
  });
  await transport.sendMail({ from: address, to, text: 'hello' });
  let summary = '';
  await expect
    .poll(
      async () => {
        const listing = await server.admin('queue', 'list', '--json', '--to', to);
        const entries = JSON.parse(listing.stdout) as readonly Listed[];
        summary = entries[0]?.story[0]?.summary ?? '';
        return summary;
      },
      { timeout: 20_000 },
    )
    .not.toBe('');
  return summary;
}

test('account, then domain, then server; an edit holds at once, and is exported and applied', async () => {
  expect(await wayOf(ann, 'x@one.invalid')).toContain('by the general way');
  await server.admin('config', 'route', 'add', 'domains', '--domain', 'example.test');
  expect(await wayOf(ann, 'x@two.invalid')).toContain('by the way of the domain');
  await server.admin('config', 'route', 'add', 'own', '--account', 'ann', '--to', '.three.invalid,other.invalid');
  expect(await wayOf(ann, 'x@deep.three.invalid')).toContain('by a way of its own');
  expect(await wayOf(ann, 'x@four.invalid')).toContain('by the way of the domain');
  expect(await wayOf(bob, 'x@three.invalid')).toContain('by the way of the domain');

  const listed = await server.admin('config', 'route', 'list', '--json');
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { scope: 'account', name: 'ann', number: 1, to: ['.three.invalid', 'other.invalid'], transport: 'own' },
    { scope: 'domain', name: 'example.test', number: 1, transport: 'domains' },
    { scope: 'server', name: null, number: 1, transport: 'general' },
  ]);
  const exported = (await server.admin('config', 'export')).stdout;
  await server.admin('config', 'route', 'rm', '1', '--account', 'ann');
  await server.admin('config', 'route', 'rm', '1', '--domain', 'example.test');
  expect(await wayOf(ann, 'x@five.invalid')).toContain('by the general way');
  const file = join(server.dir, 'exported.yaml');
  writeFileSync(file, exported);
  await server.admin('config', 'apply', file);
  expect(await wayOf(ann, 'x@six.invalid')).toContain('by the way of the domain');
});

test('no route without its transport: not by an edit, not after a reload, not at the start', async () => {
  const wrong = await server.tryAdmin('config', 'route', 'add', 'moon', '--account', 'ann');
  expect(wrong).toMatchObject({ status: 1, stdout: '' });
  expect(wrong.stderr).toContain('there is no transport "moon"');
  expect((await server.tryAdmin('config', 'route', 'add', 'own')).status).toBe(2);

  const before = readFileSync(server.config, 'utf8');
  writeFileSync(server.config, before.replace(/^ {2}own: .*\n/m, ''));
  process.kill(server.pid, 'SIGHUP');
  await expect
    .poll(() => server.log, { timeout: 20_000 })
    .toContain('account \\"ann\\": there is no transport \\"own\\"');
  expect(await wayOf(ann, 'x@seven.three.invalid')).toContain('by a way of its own');

  await server.stop();
  await expect(server.start()).rejects.toThrow('account "ann": there is no transport "own"');
  // The way out that the text names.
  await server.admin('config', 'route', 'rm', '1', '--account', 'ann');
  await server.start();
  expect(await wayOf(ann, 'x@eight.three.invalid')).toContain('by the way of the domain');
});
