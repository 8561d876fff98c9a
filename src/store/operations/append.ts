import type { Delta, Written } from '../delta.ts';
import { deleted, seen } from '../flags.ts';
import type { AccountId, EmailId, MailboxId, ModSeq, ThreadId, Uid } from '../ids.ts';
import type { PreparedMessage } from '../prepare-message.ts';
import { execute, first, type Operation } from '../sql/statement.ts';
import type { AppendOutcome, AppendTarget } from '../append-target.ts';
import { findThread } from './find-thread.ts';
import { internKeywords } from './intern-keywords.ts';
import type { OperationContext } from './operation-context.ts';
import { storeBlob, type StoredBlob } from './store-blob.ts';

export interface PreparedAppend {
  readonly message: PreparedMessage;
  readonly targets: readonly AppendTarget[];
}

/** Thrown to undo an all-or-nothing append; its outcome is the answer. */
export class AppendUndone extends Error {
  override readonly name = 'AppendUndone';
  readonly outcome: AppendOutcome;

  constructor(outcome: AppendOutcome) {
    super('append undone');
    this.outcome = outcome;
  }
}

/**
 * The one way a message becomes a row. One blob; for each target one email and one entry, with counts, thread and search
 * queue, in one transaction. With `allOrNothing` a target that fails undoes everything. @throws AppendUndone
 */
export function* append(
  context: OperationContext,
  request: { readonly messages: readonly PreparedAppend[]; readonly allOrNothing: boolean },
): Operation<Written<readonly AppendOutcome[]>> {
  const outcomes: AppendOutcome[] = [];
  const deltas: Delta[] = [];
  for (const { message, targets } of request.messages) {
    let blob: StoredBlob | undefined;
    for (const target of targets) {
      const place = yield* findPlace(target);
      if (place === undefined) {
        outcomes.push(refuse('no-such-mailbox', request.allOrNothing));
        continue;
      }
      const modseq = yield* chargeAccount(target, message.sizeBytes + target.prefix.length);
      if (modseq === undefined) {
        outcomes.push(refuse('over-quota', request.allOrNothing));
        continue;
      }
      blob ??= yield* storeBlob(context, message);
      const filed = yield* file(context, message, target, { mailboxId: place, modseq, blob });
      // The first has the blob's number.
      blob = { id: blob.id, isNew: false };
      outcomes.push(filed.outcome);
      deltas.push(filed.delta);
    }
  }
  return { result: outcomes, deltas };
}

function refuse(reason: 'no-such-mailbox' | 'over-quota', undo: boolean): AppendOutcome {
  const outcome: AppendOutcome = { ok: false, reason };
  if (undo) throw new AppendUndone(outcome);
  return outcome;
}

function* findPlace({ accountId, mailbox }: AppendTarget): Operation<MailboxId | undefined> {
  if (typeof mailbox === 'number') {
    const row = yield* first('SELECT id FROM mailbox WHERE id = ? AND account_id = ?', mailbox, accountId);
    return row === undefined ? undefined : (Number(row[0]) as MailboxId);
  }
  const byName = 'SELECT id FROM mailbox WHERE account_id = ? AND name = ?';
  let row = yield* first(byName, accountId, mailbox.name);
  if (row === undefined && mailbox.orInbox) row = yield* first(byName, accountId, 'INBOX');
  return row === undefined ? undefined : (Number(row[0]) as MailboxId);
}

/** Takes a modseq and room; undefined when the account is full (or gone: its mailbox was found, so that is a race lost). */
function* chargeAccount({ accountId, quotaBytes }: AppendTarget, sizeBytes: number): Operation<ModSeq | undefined> {
  const row = yield* first(
    'UPDATE account SET modseq = modseq + 1, used_bytes = used_bytes + ?, emails = emails + 1 ' +
      'WHERE id = ? AND used_bytes + ? <= ? RETURNING modseq',
    sizeBytes,
    accountId,
    sizeBytes,
    quotaBytes ?? Number.MAX_SAFE_INTEGER,
  );
  return row === undefined ? undefined : (Number(row[0]) as ModSeq);
}

function* file(
  context: OperationContext,
  message: PreparedMessage,
  target: AppendTarget,
  place: { readonly mailboxId: MailboxId; readonly modseq: ModSeq; readonly blob: StoredBlob },
): Operation<{ outcome: AppendOutcome; delta: Delta }> {
  const { mailboxId, modseq, blob } = place;
  const { accountId, flags, receivedAtMs } = target;
  const sizeBytes = message.sizeBytes + target.prefix.length;
  const threadId = yield* findThread(accountId, message, receivedAtMs, modseq);
  const emailId = yield* insertEmail(context, message, target, { modseq, blob, threadId, sizeBytes });
  const marks = target.marksAttachments === true && message.hasAttachment ? ['$hasattachment'] : [];
  const keywords = (yield* internKeywords(accountId, [...target.keywords, ...marks])).join(' ');
  const counted = yield* first(
    'UPDATE mailbox SET uid_next = uid_next + 1, total = total + 1, unseen = unseen + ?, deleted = deleted + ?, ' +
      'size_bytes = size_bytes + ?, highest_modseq = ? WHERE id = ? RETURNING uid_next - 1, uid_validity',
    (flags & seen) === 0 ? 1 : 0,
    (flags & deleted) === 0 ? 0 : 1,
    sizeBytes,
    modseq,
    mailboxId,
  );
  const uid = Number(counted?.[0]) as Uid;
  yield* execute(
    'INSERT INTO entry (mailbox_id, uid, email_id, flags, keywords, modseq, created_modseq, saved_at, size_bytes, received_at) ' +
      'VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ...[mailboxId, uid, emailId, flags, keywords, modseq, modseq, context.nowMs, sizeBytes, receivedAtMs],
  );
  if (context.dialect.queuesForSearch) {
    yield* execute('INSERT INTO search_pending (email_id, account_id) VALUES (?, ?)', emailId, accountId);
  }
  return {
    outcome: {
      ok: true,
      accountId,
      mailboxId,
      uidValidity: Number(counted?.[1]),
      uid,
      emailId: emailId as EmailId,
      threadId: threadId as ThreadId,
      modseq,
    },
    delta: {
      kind: 'added',
      accountId,
      mailboxId,
      modseq,
      uids: Uint32Array.of(uid),
      emailIds: Float64Array.of(emailId),
      flags: Uint32Array.of(flags),
      keywords: keywords === '' ? undefined : [keywords],
    },
  };
}

const emailColumns =
  'account_id, blob_id, thread_id, created_modseq, size_bytes, received_at, sent_at, has_attachment, ' +
  'envelope, body_structure, part_map, preview, head, prefix, threading, usual_fields';

function* insertEmail(
  { numbers }: OperationContext,
  message: PreparedMessage,
  target: { readonly accountId: AccountId; readonly receivedAtMs: number; readonly prefix: string },
  facts: { readonly modseq: ModSeq; readonly blob: StoredBlob; readonly threadId: number; readonly sizeBytes: number },
): Operation<number> {
  const { blob } = facts;
  const values = [
    ...[target.accountId, blob.id, facts.threadId, facts.modseq, facts.sizeBytes, target.receivedAtMs],
    ...[message.sentAtMs, message.hasAttachment ? 1 : 0, message.envelope, message.bodyStructure, message.partMap],
    ...[message.preview, message.head, target.prefix, message.threading, message.usualFields],
  ];
  const marks = values.map(() => '?').join(', ');
  if (blob.isNew || numbers !== undefined) {
    const id = blob.isNew || numbers === undefined ? blob.id : yield* numbers.take();
    yield* execute(`INSERT INTO email (id, ${emailColumns}) VALUES (?, ${marks})`, id, ...values);
    return id;
  }
  const row = yield* first(`INSERT INTO email (${emailColumns}) VALUES (${marks}) RETURNING id`, ...values);
  return Number(row?.[0]);
}
