import type { Annotation, AnnotationTarget } from './annotation.ts';
import type { DirectoryState } from './directory-object.ts';
import type { AccountId, MailboxId, ModSeq } from './ids.ts';
import { readAccountIds } from './operations/edit-directory.ts';
import { first, query, type Operation } from './sql/statement.ts';

export function* readSubscriptions(accountId: AccountId): Operation<ReadonlySet<string>> {
  const rows = yield* query('SELECT name FROM subscription WHERE account_id = ?', accountId);
  return new Set(rows.map(([name]) => String(name)));
}

/** Octets and messages of an account, each message once. */
export function* readUsage(accountId: AccountId): Operation<{ readonly usedBytes: number; readonly messages: number }> {
  const row = yield* first('SELECT used_bytes, emails FROM account WHERE id = ?', accountId);
  return { usedBytes: Number(row?.[0] ?? 0), messages: Number(row?.[1] ?? 0) };
}

/** What an account holds beside messages. */
export function* readHoldings(
  accountId: AccountId,
): Operation<{ readonly mailboxes: number; readonly annotationBytes: number }> {
  const row = yield* first('SELECT count(*) FROM mailbox WHERE account_id = ?', accountId);
  const sum = yield* first(
    'SELECT coalesce(sum(length(value) + length(entry)), 0) FROM annotation WHERE account_id = ? AND value IS NOT NULL',
    accountId,
  );
  return { mailboxes: Number(row?.[0] ?? 0), annotationBytes: Number(sum?.[0] ?? 0) };
}

/** What was expunged after a modseq (RFC 7162 section 3.2.5.2). */
export function* readVanished(
  mailboxId: MailboxId,
  since: ModSeq,
): Operation<{ readonly uids: Uint32Array; readonly complete: boolean }> {
  const pruned = yield* first('SELECT pruned_modseq FROM mailbox WHERE id = ?', mailboxId);
  const rows = yield* query(
    'SELECT uid FROM tombstone WHERE mailbox_id = ? AND modseq > ? ORDER BY uid',
    ...[mailboxId, since],
  );
  return { uids: Uint32Array.from(rows, (row) => Number(row[0])), complete: Number(pruned?.[0] ?? 0) <= since };
}

export function* readAnnotations({ accountId, mailboxId }: AnnotationTarget): Operation<readonly Annotation[]> {
  const rows = yield* query(
    'SELECT entry, value FROM annotation WHERE account_id = ? AND mailbox_id = ? AND value IS NOT NULL ORDER BY entry',
    ...[accountId, mailboxId ?? 0],
  );
  return rows.map(([entry, value]) => ({
    entry: String(entry),
    value: value instanceof Uint8Array ? value : new Uint8Array(),
  }));
}

export function* readDirectory(): Operation<DirectoryState> {
  const version = yield* first("SELECT value FROM counter WHERE name = 'directory'");
  const rows = yield* query('SELECT kind, id, body FROM directory_object ORDER BY kind, id');
  return {
    version: Number(version?.[0] ?? 0),
    objects: rows.map(([kind, id, body]) => ({ kind: String(kind), id: String(id), body: String(body) })),
    accountIds: yield* readAccountIds(),
  };
}
