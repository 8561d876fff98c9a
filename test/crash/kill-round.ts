/** One round of: write with all one's might, kill -9, verify, restart, compare. */
import { expect } from 'vitest';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import { startServe, type Account, type TestServer } from '../e2e/harness/server.ts';
import { ImapWriter, SmtpWriter, type Writer } from './writers.ts';

const account: Account = { name: 'writer', address: 'writer@example.test', password: 'never lose mail' };

/** Starts a server, with further lines of configuration, and makes the writers of a seed. */
export async function startCrashTest(
  seed: number,
  config: readonly string[] = [],
): Promise<{ server: TestServer; writers: Writer[] }> {
  const server = await startServe({ accounts: [account], config });
  const writers = [
    ...[1, 2, 3].map((i) => new ImapWriter(server, account, `w${i}`, seed * 10 + i)),
    ...[1, 2].map((i) => new SmtpWriter(server, account, `s${i}`, seed * 10 + 5 + i)),
  ];
  return { server, writers };
}

/**
 * Kills after so long, and not before `atLeast` operations were acknowledged, however slow the machine is. Resolves with the
 * number of acknowledged operations.
 */
export async function killRound(
  server: TestServer,
  writers: readonly Writer[],
  afterMs: number,
  atLeast = 0,
): Promise<number> {
  let acknowledged = 0;
  const enough = Promise.withResolvers<void>();
  const count = (): void => {
    acknowledged++;
    if (acknowledged >= atLeast) enough.resolve();
  };
  if (atLeast === 0) enough.resolve();
  const running = Promise.all(writers.map((writer) => writer.run(count)));
  const time = new Promise((resolve) => setTimeout(resolve, afterMs));
  await Promise.race([running, Promise.all([time, enough.promise])]);
  await server.kill();
  await running;

  const verified = await server.tryAdmin('verify');
  expect(verified.status, `posthorn verify: ${verified.stdout}${verified.stderr}`).toBe(0);

  await server.start();
  const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
  const wrong: string[] = [];
  for (const writer of writers) wrong.push(...(await writer.check(imap)));
  await imap.logout();
  expect(wrong.slice(0, 30)).toEqual([]);
  return acknowledged;
}
