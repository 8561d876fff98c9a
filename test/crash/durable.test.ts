/**
 * kill -9 leaves the page cache, so it cannot show that data was on the disk. This test watches the system calls: between
 * a message and its 250 or OK, a sync of a file in the data directory must have returned.
 */
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SmtpClient } from '../../bench/clients/smtp-client.ts';
import { processTree } from '../../bench/machine/process-usage.ts';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import { hasProgram } from '../e2e/harness/programs.ts';
import { startServe, type Account, type TestServer } from '../e2e/harness/server.ts';

const account: Account = { name: 'sure', address: 'sure@example.test', password: 'on the disk' };
const canTrace = hasProgram('strace') && spawnSync('strace', ['-qq', 'true'], { stdio: 'ignore' }).status === 0;

interface Traced {
  /** `sync`: a sync of a file of the data directory returned; else the text that the server sent. */
  readonly what: string;
}

/** System calls of the server while `work` runs, in the order in which they returned. */
async function trace(server: TestServer, work: () => Promise<void>): Promise<Traced[]> {
  const pids = processTree([server.pid]).flatMap((pid) => ['-p', String(pid)]);
  const calls = 'trace=fsync,fdatasync,write,writev,sendto,sendmsg';
  const strace = spawn('strace', ['-f', '-y', '-s', '200', '-e', calls, ...pids], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    strace.once('error', reject);
    strace.once('close', () => reject(new Error(`strace: ${text}`)));
    strace.stderr.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('attached')) resolve();
    });
  });
  const ended = new Promise((resolve) => strace.once('close', resolve));
  await new Promise((resolve) => setTimeout(resolve, 300));
  try {
    await work();
  } finally {
    strace.kill('SIGINT');
    await ended;
  }
  return text.split('\n').flatMap((line) => {
    if (/resumed>|= 0$/.test(line) && /\bf(?:data)?sync\b/.test(line))
      return /= 0/.test(line) ? [{ what: 'sync' }] : [];
    // The text of a call is in its first line, also when it is shown in two.
    const sent = /\b(?:write|writev|sendto|sendmsg)\(\d+<(?:socket|TCP)[^>]*>.*?"(.*)/.exec(line)?.[1];
    return sent === undefined ? [] : [{ what: sent }];
  });
}

/** Each answer that matches must have a sync between it and the answer before it. */
function expectSyncBefore(events: readonly Traced[], answer: RegExp, count: number): void {
  let synced = false;
  let seen = 0;
  for (const { what } of events) {
    if (what === 'sync') synced = true;
    else if (answer.test(what)) {
      expect(synced, `no sync before ${what}`).toBe(true);
      synced = false;
      seen++;
    }
  }
  expect(seen).toBe(count);
}

if (!canTrace && process.env['CI'] === 'true') test('CI must have a working strace', () => expect.fail('see .ci/run'));

describe.skipIf(!canTrace)(
  canTrace ? 'synced before it is answered' : 'synced before it is answered (strace does not work here)',
  () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startServe({ accounts: [account] });
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    const small = Buffer.from(`Subject: small\r\n\r\n${'text\r\n'.repeat(100)}`);
    const large = Buffer.from(`Subject: large\r\n\r\n${'text of a large one\r\n'.repeat(30_000)}`);

    test('a delivery by SMTP, small and large', async () => {
      const events = await trace(server, async () => {
        const smtp = await SmtpClient.connect(
          { host: '127.0.0.1', port: server.ports.smtp },
          { helo: 'client.remote.test' },
        );
        for (const octets of [small, large, small, large]) {
          await smtp.send(
            'sender@remote.test',
            [account.address],
            Buffer.concat([Buffer.from(`X-N: ${Math.random()}\r\n`), octets]),
          );
        }
        await smtp.quit();
      });
      const answers = events.filter(({ what }) => what === 'sync' || /^(?:250|354)/.test(what));
      // The answers to MAIL and RCPT need no sync: only what comes after 354 counts.
      const ends = answers.filter(
        ({ what }, i) => what === 'sync' || (what.startsWith('250') && lastAnswer(answers, i).startsWith('354')),
      );
      expectSyncBefore(ends, /^250/, 4);
    });

    test('APPEND, STORE, MOVE, EXPUNGE and CREATE', async () => {
      const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
      await imap.ok('SELECT INBOX');
      const events = await trace(server, async () => {
        await imap.append('INBOX', small);
        await imap.append('INBOX', large);
        await imap.ok('STORE 1 +FLAGS.SILENT (\\Flagged)');
        await imap.ok('MOVE 1 Archive');
        await imap.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
        await imap.ok('EXPUNGE');
        await imap.ok('CREATE Durable');
      });
      await imap.logout();
      expectSyncBefore(events, /(?:^|\\n)t\d+ OK/, 7);
    });
  },
);

function lastAnswer(events: readonly Traced[], before: number): string {
  return events.slice(0, before).findLast(({ what }) => what !== 'sync')?.what ?? '';
}
