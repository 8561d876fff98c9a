/** As test/e2e/hostile-imap.test.ts, in real time and at large: an octet a minute, and HOSTILE_CLIENTS (10,000) that idle. */
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryBytes } from '../../bench/machine/process-usage.ts';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import { startServe, type Account, type TestServer } from '../e2e/harness/server.ts';

const account: Account = { name: 'calm', address: 'calm@example.test', password: 'whatever comes' };
const count = Number(process.env['HOSTILE_CLIENTS'] ?? 10_000);
const loginLine = `l LOGIN "${account.address}" "${account.password}"\r\n`;
let server: TestServer;

beforeAll(async () => {
  server = await startServe({ accounts: [account] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function open(i: number): Socket {
  const localAddress = `127.1.${1 + Math.floor(i / 200)}.${1 + (i % 200)}`;
  return connect({ port: server.ports.imap, host: '127.0.0.1', localAddress }).on('error', () => undefined);
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

test(`${count} clients that idle or used NOTIFY hear of a new message, within 35 kB each`, async () => {
  const before = memoryBytes([server.pid]) ?? 0;
  const sockets: Socket[] = [];
  const heard: Promise<void>[] = [];
  for (let start = 0; start < count; start += 50) {
    const ready: Promise<void>[] = [];
    for (let i = start; i < Math.min(count, start + 50); i++) {
      const socket = open(i);
      sockets.push(socket);
      let said = '';
      ready.push(new Promise((resolve) => socket.on('data', () => /^(\+ idling|b OK)/m.test(said) && resolve())));
      heard.push(new Promise((resolve) => socket.on('data', () => said.includes(' EXISTS\r\n* 1 FETCH') && resolve())));
      socket.prependListener('data', (data) => (said += data.toString('latin1')));
      const rules = 'NOTIFY SET (selected (MessageNew (UID) MessageExpunge FlagChange))';
      socket.write(`${loginLine}a SELECT INBOX\r\nb ${rules}\r\n${i % 2 === 0 ? 'c IDLE\r\n' : ''}`);
    }
    await Promise.all(ready);
  }
  const each = ((memoryBytes([server.pid]) ?? 0) - before) / count;
  console.log(`${Math.round(each / 1024)} kB each`);
  const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
  await imap.append('INBOX', Buffer.from('Subject: for all\r\n\r\nhello\r\n'));
  await Promise.all(heard);
  await imap.logout();
  for (const socket of sockets) socket.destroy();
  expect(each / 1024).toBeLessThan(35);
});

test('clients that send an octet a minute are told to go, and hold up nobody until then', async () => {
  const before = Array.from({ length: 200 }, (_each, i) => open(i));
  const after = Array.from({ length: 200 }, (_each, i) => open(200 + i));
  for (const socket of [...before, ...after]) socket.resume();
  for (const socket of before) socket.write('a');
  for (const socket of after) socket.write(`${loginLine}a APPEND INBOX {2000+}\r\n`);
  const gone = Promise.all([...before, ...after].map(closed));
  const timer = setInterval(() => {
    for (const socket of [...before, ...after]) if (!socket.destroyed) socket.write('x');
  }, 60_000);
  const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
  const serving = setInterval(() => void imap.ok('NOOP'), 1000);
  await gone;
  clearInterval(timer);
  clearInterval(serving);
  await imap.ok('NOOP');
  await imap.logout();
});
