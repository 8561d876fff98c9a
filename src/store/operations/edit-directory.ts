import type { Delta, Written } from '../delta.ts';
import type { DirectoryEdit } from '../directory-object.ts';
import type { AccountId, MailboxId, ModSeq } from '../ids.ts';
import type { SpecialUse } from '../mailbox.ts';
import { execute, first, query, type Operation } from '../sql/statement.ts';
import { insertMailbox } from './create-mailbox.ts';
import type { OperationContext } from './operation-context.ts';
import { removeEntries } from './expunge.ts';
import { readEntries } from './copy.ts';

export type DirectoryEdited =
  | { readonly ok: true; readonly version: number; readonly accountIds: ReadonlyMap<string, AccountId> }
  | { readonly ok: false; readonly reason: 'conflict' };

const standardMailboxes: readonly (readonly [string, SpecialUse])[] = [
  ['Archive', '\\Archive'],
  ['Drafts', '\\Drafts'],
  ['Junk', '\\Junk'],
  ['Sent', '\\Sent'],
  ['Trash', '\\Trash'],
];

/** Changes the directory if nobody else did meanwhile, and makes and removes the accounts that go with it. */
export function* editDirectory(context: OperationContext, edit: DirectoryEdit): Operation<Written<DirectoryEdited>> {
  const row = yield* first(
    "UPDATE counter SET value = value + 1 WHERE name = 'directory' AND value = ? RETURNING value",
    edit.baseVersion,
  );
  if (row === undefined) return { result: { ok: false, reason: 'conflict' }, deltas: [] };
  for (const { kind, id } of edit.remove) {
    yield* execute('DELETE FROM directory_object WHERE kind = ? AND id = ?', kind, id);
  }
  for (const { kind, id, body } of edit.put) {
    yield* execute(
      'INSERT INTO directory_object (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body',
      ...[kind, id, body],
    );
  }
  const deltas: Delta[] = [];
  for (const name of edit.removeAccounts) deltas.push(...(yield* removeAccount(context, name)));
  for (const account of edit.createAccounts) yield* createAccount(context, account.name, account.mailboxes);
  const version = Number(row[0]);
  return { result: { ok: true, version, accountIds: yield* readAccountIds() }, deltas, directoryVersion: version };
}

export function* readAccountIds(): Operation<ReadonlyMap<string, AccountId>> {
  const rows = yield* query('SELECT name, id FROM account');
  return new Map(rows.map(([name, id]) => [String(name), Number(id) as AccountId]));
}

/** uidvalidity starts at half the seconds since 1970, so that an account made anew never repeats one. */
function* createAccount(context: OperationContext, name: string, mailboxes: 'standard' | 'minimal'): Operation<void> {
  const row = yield* first(
    'INSERT INTO account (name, modseq, next_uid_validity, used_bytes, emails, created_at) VALUES (?, 1, ?, 0, 0, ?) RETURNING id',
    ...[name, Math.floor(context.nowMs / 2000), context.nowMs],
  );
  const accountId = Number(row?.[0]) as AccountId;
  const modseq = 1 as ModSeq;
  yield* insertMailbox(accountId, 'INBOX', modseq);
  if (mailboxes === 'minimal') return;
  for (const [mailbox, use] of standardMailboxes) yield* insertMailbox(accountId, mailbox, modseq, use);
}

/** Everything of the account goes; its emails are left as orphans for the sweep, which also frees the blobs. */
function* removeAccount(context: OperationContext, name: string): Operation<Delta[]> {
  const row = yield* first('SELECT id, modseq FROM account WHERE name = ?', name);
  if (row === undefined) return [];
  const accountId = Number(row[0]) as AccountId;
  const modseq = (Number(row[1]) + 1) as ModSeq;
  const everything = [[1, 4294967295]] as const;
  for (const [id] of yield* query('SELECT id FROM mailbox WHERE account_id = ?', accountId)) {
    const mailboxId = Number(id) as MailboxId;
    const rows = yield* readEntries(mailboxId, everything);
    yield* removeEntries(context, { accountId, mailboxId, uids: everything }, { mask: 0, modseq, rows });
    yield* execute('DELETE FROM tombstone WHERE mailbox_id = ?', mailboxId);
  }
  for (const table of ['mailbox', 'removed_mailbox', 'subscription', 'keyword', 'annotation', 'thread_key']) {
    yield* execute(`DELETE FROM ${table} WHERE account_id = ?`, accountId);
  }
  for (const table of [
    ...(context.dialect.queuesForSearch ? ['search_pending'] : []),
    'search_block',
    'mailbox_right',
  ]) {
    yield* execute(`DELETE FROM ${table} WHERE account_id = ?`, accountId);
  }
  // What it sent is still delivered.
  for (const table of ['suppression', 'sent_hour', 'known_recipient']) {
    yield* execute(`DELETE FROM ${table} WHERE account_id = ?`, accountId);
  }
  yield* execute('DELETE FROM mailbox_right WHERE grantee_id = ?', accountId);
  yield* execute('DELETE FROM login_attempt WHERE account = ?', name);
  yield* execute('DELETE FROM account WHERE id = ?', accountId);
  return [{ kind: 'account-removed', accountId, modseq }];
}
