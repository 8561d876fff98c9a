/** SIGHUP: the configuration is read again, and what is open goes on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImapClient } from 'posthorn/imap-client';
import { SmtpClient } from 'posthorn/smtp-client';
import { isListening } from './harness/ports.ts';
import { startServe, type TestServer } from './harness/server.ts';

let server: TestServer;
const ann = { name: 'ann', address: 'ann@example.test', password: 'a long password' };

beforeAll(async () => {
  server = await startServe({ accounts: [ann], config: [] });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function rewrite(change: (text: string) => string): void {
  writeFileSync(server.config, change(readFileSync(server.config, 'utf8')));
}

/** Sends the signal and waits for what the log says of it. */
async function reload(expected: string): Promise<void> {
  const before = server.log.split(expected).length;
  process.kill(server.pid, 'SIGHUP');
  await expect.poll(() => server.log.split(expected).length, { timeout: 20_000 }).toBeGreaterThan(before);
}

const smtp = (): Promise<SmtpClient> =>
  SmtpClient.connect({ host: '127.0.0.1', port: server.ports.smtp, tls: 'none', ehloName: 'client.test' });
const message = [Buffer.from('From: a@client.test\r\n\r\nx\r\n')];
const toTwo = { from: 'a@client.test', to: [ann.address, 'ann+x@example.test'] };

test('ports come and go, limits hold from the next connection on, and what is open goes on', async () => {
  const { imap, submission, smtp: port } = server.ports;
  const before = await smtp();
  expect(await isListening(imap)).toBe(true);
  rewrite((text) => text.replace(/^ *imap: .*\n/m, '').replace(/^limits: \{/m, 'limits: { maxRecipients: 1, '));
  await reload('configuration and certificates were read again');
  expect(await isListening(imap)).toBe(false);
  expect(await isListening(submission)).toBe(true);
  expect((await before.send(toTwo, message)).recipients.map(({ state }) => state)).toEqual(['accepted', 'accepted']);
  const after = await smtp();
  expect((await after.send(toTwo, message)).recipients.map(({ state }) => state)).not.toEqual(['accepted', 'accepted']);

  rewrite((text) => text.replace(`smtp: ${port}\n`, `smtp: ${port}\n    imap: ${imap}\n`));
  await reload('configuration and certificates were read again');
  expect(await isListening(imap)).toBe(true);
  await before.quit();
  await after.quit();
});

test('a configuration that is wrong, or a port that cannot be had, changes nothing', async () => {
  const { imap, imaps, smtp: port } = server.ports;
  const good = readFileSync(server.config, 'utf8');
  rewrite((text) => text.replace('hostname:', 'hostnam:'));
  await reload('the configuration was not read again');
  expect(await isListening(port)).toBe(true);
  writeFileSync(server.config, good.replace(`imap: ${imap}\n`, `imap: ${imaps}\n`));
  await reload('the configuration was not read again');
  expect(await isListening(imap)).toBe(true);
  writeFileSync(server.config, good);
  await reload('configuration and certificates were read again');
});

test('the name of the server and the limits of failed logins follow; what the store stands on is named and waits', async () => {
  const good = readFileSync(server.config, 'utf8');
  const guess = async (): Promise<string> => {
    const client = await ImapClient.connect({ host: '127.0.0.1', port: server.ports.imap, tls: 'none' });
    return client
      .authenticate({ kind: 'password', username: ann.address, password: 'a wrong password' }, { allowPlaintext: true })
      .then(() => 'let in', String)
      .finally(() => client.destroy());
  };
  rewrite((text) =>
    text
      .replace('mail.example.test', 'other.example.test')
      .replace(/^limits: \{.*$/m, 'limits: { failedLoginsPerMinute: 1 }'),
  );
  await reload('configuration and certificates were read again');
  expect((await smtp()).greeting.lines.join(' ')).toContain('other.example.test');
  const postmaster = await (
    await smtp()
  ).send({ from: 'a@client.test', to: ['postmaster@other.example.test'] }, message);
  expect(postmaster.recipients.map(({ state }) => state)).not.toContain('later');
  await guess();
  // The address is known to guess: it is not let in at all.
  await expect(guess()).rejects.toThrow(/too many failed logins/);

  writeFileSync(server.config, good.replace(/^data: .*$/m, 'data: elsewhere'));
  await reload('in effect only after a restart');
  expect(server.log).toMatch(/"keys":\["data"\]/);
  expect((await smtp()).greeting.lines.join(' ')).toContain('mail.example.test');
  writeFileSync(server.config, good);
  await reload('configuration and certificates were read again');
});
