import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { AccountId, MailboxId } from '../ids.ts';
import { openStore } from '../open-store.ts';
import { prepareOctets, type PreparedMessage } from '../prepare-message.ts';
import { sqliteDialect } from '../sql/dialect.ts';
import { verifyStore } from '../verify/verify-store.ts';
import { migrations } from './migrations.ts';

const message = (id: string, more = ''): Buffer =>
  Buffer.from(`Message-ID: <${id}@example.org>\r\n${more}Subject: plans\r\n\r\nA text with ${id} in it.\r\n`);

/** A database as step 11 left it: emails 7 and 8, of which only the first is in the text index; 9 and 10 were swept. */
async function oldDatabase(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-leaves-'));
  const database = new DatabaseSync(join(dataDir, 'posthorn.db'));
  database.exec('CREATE TABLE schema_version (version INTEGER NOT NULL)');
  for (const step of migrations.filter(({ number }) => number < 12)) {
    for (const sql of step.statements(sqliteDialect)) database.exec(sql);
    database.exec(`INSERT INTO schema_version (version) VALUES (${step.number})`);
  }
  const kept = [prepareOctets(message('first')), prepareOctets(message('second'))];
  const used = kept.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  database.exec(`INSERT INTO account (id, name, modseq, next_uid_validity, used_bytes, emails, created_at)
    VALUES (1, 'a', 5, 20, ${used}, 2, 0)`);
  database.exec(`INSERT INTO mailbox (id, account_id, name, uid_validity, uid_next, total, unseen, deleted, size_bytes, highest_modseq,
    created_modseq, pruned_modseq) VALUES (1, 1, 'INBOX', 10, 3, 2, 2, 0, ${used}, 5, 1, 0)`);
  for (const [i, each] of kept.entries()) insert(database, each, i);
  database.exec("UPDATE sqlite_sequence SET seq = 10 WHERE name = 'email'");
  database.close();
  return dataDir;
}

function insert(database: DatabaseSync, each: PreparedMessage, i: number): void {
  const modseq = 4 + i;
  database
    .prepare(
      'INSERT INTO blob (id, hash_prefix, hash, size_bytes, encoding, stored_at, octets) VALUES (?, ?, ?, ?, ?, 0, ?)',
    )
    .run(3 + i, each.hashPrefix, each.hash, each.sizeBytes, each.encoding, each.octets);
  database
    .prepare(
      'INSERT INTO email (id, account_id, blob_id, thread_id, created_modseq, size_bytes, received_at, has_attachment, envelope, ' +
        "body_structure, part_map, preview, head, prefix) VALUES (?, 1, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?, ?, '')",
    )
    .run(
      ...[7 + i, 3 + i, modseq, modseq, each.sizeBytes],
      ...[each.envelope, each.bodyStructure, each.partMap, each.preview, each.head],
    );
  database
    .prepare(
      'INSERT INTO entry (mailbox_id, uid, email_id, flags, keywords, modseq, created_modseq, saved_at, size_bytes, received_at) ' +
        "VALUES (1, ?, ?, 0, '', ?, ?, 0, ?, 0)",
    )
    .run(1 + i, 7 + i, modseq, modseq, each.sizeBytes);
  database.prepare('INSERT INTO thread_ref VALUES (1, ?, ?, ?)').run(each.ownRef, modseq, each.subjectHash);
  database
    .prepare('INSERT INTO thread_subject VALUES (1, ?, ?, 0) ON CONFLICT DO UPDATE SET thread_id = excluded.thread_id')
    .run(each.subjectHash, modseq);
  if (i === 1) database.exec('INSERT INTO search_pending VALUES (8, 1)');
}

test('an old database keeps its threads and its mail, and no number comes back', async () => {
  const dataDir = await oldDatabase();
  const store = await openStore({ dataDir });
  const [accountId, mailboxId] = [1 as AccountId, 1 as MailboxId];
  const append = async (octets: Buffer) => {
    const target = { accountId, mailbox: mailboxId, flags: 0, keywords: [], receivedAtMs: 1, prefix: '' };
    const [outcome] = await store.append({ message: { kind: 'octets', octets }, targets: [target] });
    if (outcome?.ok !== true) throw new Error('not stored');
    return { emailId: Number(outcome.emailId), threadId: Number(outcome.threadId) };
  };
  // By a reference, by the subject alone, and on its own.
  expect(await append(message('third', 'References: <first@example.org>\r\n'))).toEqual({ emailId: 11, threadId: 4 });
  const reply = Buffer.from('Subject: Re: plans\r\n\r\nA text without a name.\r\n');
  expect(await append(reply)).toEqual({ emailId: 12, threadId: 4 });
  expect(await append(Buffer.from('Subject: other\r\n\r\nElse\r\n'))).toEqual({ emailId: 13, threadId: 8 });
  const query = { in: 'text', needle: 'a text with' } as const;
  const uids = Uint32Array.of(1, 2, 3, 4, 5);
  expect([...(await store.matchText({ accountId, mailboxId, uids, query }))]).toEqual([1, 2, 3, 4]);
  await store.close();
  expect((await verifyStore({ dataDir })).problems).toEqual([]);
});
