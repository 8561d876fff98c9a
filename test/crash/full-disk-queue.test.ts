/** A disk that runs full under a queue: 452 to who submits, and all that was taken leaves once there is room. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { SmtpSink } from '../../bench/queue/smtp-sink.ts';
import { startServe, type Account } from '../e2e/harness/server.ts';

const account: Account = { name: 'full', address: 'full@example.test', password: 'to the brim' };
const dir = mkdtempSync(join(tmpdir(), 'posthorn-full-queue-'));
const ballast = join(dir, 'ballast');
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=28m', 'tmpfs', dir]).status === 0;

afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', dir]);
  rmSync(dir, { recursive: true, force: true });
});

describe.skipIf(!mounted)(mounted ? 'a full disk' : 'a full disk (cannot mount a small filesystem here)', () => {
  test('what was taken leaves, what could not be kept was refused with 452', { timeout: 240_000 }, async () => {
    const sink = await SmtpSink.start();
    const config = [
      `transports: { out: { host: 127.0.0.1, port: ${sink.port}, tls: none } }`,
      'routes: [{ transport: out }]',
      'queue: { recipientsPerDay: 100000, newRecipientsPerDay: 100000 }',
    ];
    const server = await startServe({ accounts: [account], dataDir: join(dir, 'data'), config });
    const transport = createTransport({
      ...{ host: '127.0.0.1', port: server.ports.submission, pool: true, maxConnections: 1 },
      ...{ tls: { rejectUnauthorized: false }, auth: { user: account.address, pass: account.password } },
    });
    let taken = 0;
    const send = () =>
      transport.sendMail({
        envelope: { from: account.address, to: `x${taken}@remote.test` },
        raw: `From: ${account.address}\r\nX-Number: ${taken}\r\n\r\n${randomBytes(60_000).toString('base64url').replaceAll(/.{76}/g, '$&\r\n')}\r\n`,
      });
    try {
      await server.admin('queue', 'holdrule', 'add', '--to', 'remote.test');
      writeFileSync(ballast, Buffer.alloc(8 << 20, 1));
      // Until the keys of the domain are made, nothing is taken.
      await vi.waitFor(send, { timeout: 30_000, interval: 500 });
      let refusal = '';
      for (taken = 1; refusal === ''; taken += 1) {
        if (taken > 2000) throw new Error('the disk does not get full');
        await send().catch((error: unknown) => (refusal = String(error)));
      }
      taken -= 1;
      expect(refusal).toMatch(/452 4\.3\.1/);
      rmSync(ballast);
      await server.admin('queue', 'release', '--all');
      await sink.untilArrived(taken);
      expect(sink.arrived.size).toBe(taken);
      await vi.waitFor(async () => expect((await server.admin('queue', 'list', '--json')).stdout.trim()).toBe('[]'), {
        timeout: 20_000,
      });
      const verified = await server.tryAdmin('verify');
      expect(verified.status, verified.stdout).toBe(0);
    } finally {
      transport.close();
      await server[Symbol.asyncDispose]();
      await sink.close();
    }
  });
});
