import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { openBlobStore } from './blobs/open-blob-store.ts';
import type { AccountId, EmailId } from './ids.ts';
import { MailStore } from './mail-store.ts';
import { openEngine } from './open-engine.ts';
import { TextSearch } from './search/text-search.ts';
import { Sweeper } from './sweeper.ts';
import { verifyStore } from './verify/verify-store.ts';

test('removed mail is readable for the grace time, then email, blob and octets are gone; the rest stays', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-sweep-'));
  await mkdir(join(dataDir, 'tmp'));
  const engine = await openEngine({ dataDir });
  const blobs = openBlobStore(join(dataDir, 'blobs'));
  const sweeper = new Sweeper(engine, blobs, silentLog);
  const store = new MailStore({
    engine,
    blobs,
    dataDir,
    search: new TextSearch(engine, blobs, join(dataDir, 'blobs')),
    jobs: [sweeper],
  });
  const createAccounts = [{ name: 'ann', mailboxes: 'minimal' }] as const;
  const edited = await store.editDirectory({ baseVersion: 0, put: [], remove: [], createAccounts, removeAccounts: [] });
  const accountId = (edited.ok ? edited.accountIds.get('ann') : undefined) ?? (0 as AccountId);
  const target = {
    accountId,
    mailbox: { name: 'INBOX', orInbox: false },
    flags: 0,
    keywords: [],
    receivedAtMs: 0,
    prefix: '',
  };
  const emails: EmailId[] = [];
  for (const fill of [65, 66, 65]) {
    const spool = store.newSpool({ maxBytes: 1_000_000 });
    await spool.write(new Uint8Array(300_000).fill(fill));
    const [outcome] = await store.append({ message: await spool.finish(), targets: [target] });
    if (outcome?.ok === true) emails.push(outcome.emailId);
  }
  const inbox = await store.findMailbox(accountId, 'INBOX');
  if (inbox === undefined || emails[1] === undefined) throw new Error('not set up');
  await store.expunge({ accountId, mailboxId: inbox.id, uids: [[1, 2]], onlyDeleted: false });
  expect(await sweeper.sweepEmails(Date.now() - 60_000)).toEqual({ emails: 0, blobs: 0 });
  expect(await store.openMessage(accountId, emails[1])).toBeDefined();
  // The first has the same octets as the third, so its blob stays.
  expect(await sweeper.sweepEmails(Date.now() + 1000)).toEqual({ emails: 2, blobs: 1 });
  expect(await store.openMessage(accountId, emails[1])).toBeUndefined();
  await writeFile(join(dataDir, 'stray'), 'x');
  expect(await sweeper.removeStrayBlobs(Date.now() - 60_000)).toBe(0);
  expect(await sweeper.removeStrayBlobs(Date.now() + 1000)).toBe(1);
  await store.close();
  expect(await verifyStore({ dataDir })).toMatchObject({ problems: [], messages: 1, blobs: 1 });
});
