/** A message of 100 MB of text is indexed and searched without ballooning: nothing holds all of it at once. */
import { expect, test } from 'vitest';
import { memoryBytes } from '../../bench/machine/process-usage.ts';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import { startServe, type Account } from '../e2e/harness/server.ts';

const account: Account = { name: 'large', address: 'large@example.test', password: 'a hundred megabytes' };
const mb = 1 << 20;

test('100 MB of text: received, indexed and searched within 128 MB more than before', async () => {
  await using server = await startServe({ accounts: [account] });
  const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
  const before = memoryBytes([server.pid]) ?? 0;
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, memoryBytes([server.pid]) ?? 0)), 50);
  const line = 'a line of text that takes some room\r\n';
  await imap.append('INBOX', Buffer.concat([Buffer.from('Subject: large\r\n\r\n'), Buffer.alloc(95 * mb, line)]));
  await new Promise((resolve) => setTimeout(resolve, 15_000));
  await imap.ok('SELECT INBOX');
  const found = await imap.ok('SEARCH TEXT "nowhere to be found"');
  clearInterval(timer);
  expect(found.untagged[0]?.line).toMatch(/^\* SEARCH ?$/);
  expect((most - before) / mb).toBeLessThan(128);
  await imap.logout();
});
