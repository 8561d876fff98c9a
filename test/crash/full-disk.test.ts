/** A disk that runs full: clean refusals, nothing lost, and work goes on when there is room again. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SmtpClient } from '../../bench/clients/smtp-client.ts';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import { startServe, type Account, type TestServer } from '../e2e/harness/server.ts';
import { readMailbox } from './mailbox-model.ts';

const account: Account = { name: 'full', address: 'full@example.test', password: 'to the brim' };
const dir = mkdtempSync(join(tmpdir(), 'posthorn-full-'));
const ballast = join(dir, 'ballast');
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', dir]).status === 0;

afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', dir]);
  rmSync(dir, { recursive: true, force: true });
});

function compose(id: string, bytes: number): Buffer {
  // Noise, because a server may compress what it keeps.
  const noise = randomBytes(Math.ceil(bytes * 0.72))
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n');
  return Buffer.from(`X-Id: ${id}\r\nSubject: ${id}\r\n\r\n${noise}\r\n`);
}

if (!mounted && process.env['CI'] === 'true')
  test('CI must be able to mount a small filesystem', () => expect.fail('mount -t tmpfs failed'));

describe.skipIf(!mounted)(mounted ? 'a full disk' : 'a full disk (cannot mount a small filesystem here)', () => {
  let server: TestServer;
  const acknowledged: string[] = [];

  beforeAll(async () => {
    server = await startServe({ accounts: [account], dataDir: join(dir, 'data') });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  /** Writes until both ways in refuse; the refusals. */
  async function fill(name: string, bytes: number): Promise<{ append: string; smtp: string }> {
    const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
    const smtp = await SmtpClient.connect(
      { host: '127.0.0.1', port: server.ports.smtp },
      { helo: 'client.remote.test' },
    );
    let [append, refused] = ['', ''];
    for (let i = 0; append === '' || refused === ''; i++) {
      if (i > 5000) throw new Error('the disk does not get full');
      const id = `${name}-${i}`;
      const octets = compose(id, bytes);
      const answer = await imap.send(`APPEND INBOX {${octets.length}+}\r\n`, octets);
      if (answer.status === 'OK') acknowledged.push(id);
      else append = `${answer.status} ${answer.text}`;
      try {
        await smtp.send('sender@remote.test', [account.address], compose(`${id}s`, bytes));
        acknowledged.push(`${id}s`);
      } catch (error) {
        refused = String(error);
        await smtp.command('RSET');
      }
    }
    await imap.logout();
    await smtp.quit();
    return { append, smtp: refused };
  }

  async function expectAllThere(): Promise<void> {
    const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
    const held = new Set((await readMailbox(imap, 'INBOX')).map(({ id }) => id));
    await imap.logout();
    expect(acknowledged.filter((id) => !held.has(id)).slice(0, 30)).toEqual([]);
  }

  for (const [what, bytes, ballastBytes] of [
    ['small messages', 8000, 16 << 20],
    ['large messages', 700_000, 8 << 20],
  ] as const) {
    test(`${what}: refused with 452 and NO, nothing lost, room again without a restart`, async () => {
      const before = server.pid;
      writeFileSync(ballast, Buffer.alloc(ballastBytes, 1));
      const refusals = await fill(what.slice(0, 5), bytes);
      expect(refusals.append, server.log.slice(-2000)).toMatch(/^NO \[(OVERQUOTA|UNAVAILABLE|LIMIT)\]/);
      expect(refusals.smtp).toMatch(/452 4\.[23]\.\d/);
      await expectAllThere();

      rmSync(ballast, { force: true });
      const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
      const id = `${what.slice(0, 5)}-again`;
      await imap.append('INBOX', compose(id, bytes));
      acknowledged.push(id);
      await imap.ok('SELECT INBOX');
      await imap.ok('STORE 1 +FLAGS (\\Flagged)');
      await imap.logout();
      await expectAllThere();
      expect(server.pid).toBe(before);
    });
  }

  test('`posthorn verify` finds nothing wrong, and all is there after a restart', async () => {
    await server.stop();
    const verified = await server.tryAdmin('verify');
    expect(verified.status, verified.stdout + verified.stderr).toBe(0);
    await server.start();
    await expectAllThere();
  });
});
