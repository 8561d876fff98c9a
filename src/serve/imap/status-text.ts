import { assertNever } from '../../base/assert-never.ts';
import { deleted } from '../../store/flags.ts';
import type { AccountId } from '../../store/ids.ts';
import type { Mailbox } from '../../store/mailbox.ts';
import type { UidRanges } from '../../store/uid-ranges.ts';
import { printObjectId } from '../../wire/imap/object-id.ts';
import { printMailbox } from '../../wire/imap/print-string.ts';
import type { StatusItem } from '../../wire/imap/read-status.ts';
import { useCondstore } from './condstore.ts';
import type { Reply } from './respond.ts';
import type { Session } from './session.ts';

/** `STATUS name (ITEM n …)` for a client that asked for it: HIGHESTMODSEQ turns on CONDSTORE (RFC 7162 section 3.1). */
export function printStatus(
  session: Session,
  mailbox: Mailbox,
  items: readonly StatusItem[],
  reply: Reply,
  ownerId: AccountId = session.currentAccount().id,
): string | Promise<string> {
  if (items.includes('HIGHESTMODSEQ')) useCondstore(session, reply);
  return statusLine(session, mailbox, items, ownerId);
}

/** The same, unasked. RFC 9051 section 7.3.4. */
export function statusLine(
  session: Session,
  mailbox: Mailbox,
  items: readonly StatusItem[],
  ownerId: AccountId = session.currentAccount().id,
): string | Promise<string> {
  const values = items.map((item) => valueOf(session, mailbox, item, ownerId));
  const print = (known: readonly (number | string)[]): string => {
    const texts = known.map((value, i) => `${items[i] ?? ''} ${value}`);
    return `STATUS ${printMailbox(mailbox.name, session.utf8)} (${texts.join(' ')})`;
  };
  // A thousand mailboxes need no thousand promises: only what must be read is waited for.
  return values.every(isKnown) ? print(values) : Promise.all(values.map((value) => Promise.resolve(value))).then(print);
}

function isKnown(value: number | string | Promise<number>): value is number | string {
  return typeof value !== 'object';
}

function valueOf(
  session: Session,
  mailbox: Mailbox,
  item: StatusItem,
  ownerId: AccountId,
): number | string | Promise<number> {
  switch (item) {
    case 'MESSAGES':
      return mailbox.total;
    case 'UIDNEXT':
      return mailbox.uidNext;
    case 'UIDVALIDITY':
      return mailbox.uidValidity;
    case 'UNSEEN':
      return mailbox.unseen;
    case 'DELETED':
      return mailbox.deleted;
    case 'SIZE':
      return mailbox.sizeBytes;
    case 'RECENT':
      return 0;
    case 'HIGHESTMODSEQ':
      return Math.max(1, mailbox.highestModseq);
    case 'APPENDLIMIT':
      return session.options.maxMessageBytes;
    // RFC 8474 section 4.3.
    case 'MAILBOXID':
      return `(${printObjectId('mailbox', mailbox.id)})`;
    case 'DELETED-STORAGE':
      return mailbox.deleted === 0 ? 0 : deletedBytes(session, mailbox, ownerId);
    default:
      return assertNever(item);
  }
}

/** RFC 9208 section 4.1.4: what EXPUNGE would free. Rarely asked for, so it is added up rather than kept. */
async function deletedBytes(session: Session, mailbox: Mailbox, accountId: AccountId): Promise<number> {
  const { store } = session.services;
  const index = await store.openMailbox(accountId, mailbox.id);
  if (index === undefined) return 0;
  const uids: UidRanges = deletedUids(index.uids, index.flags, index.length);
  index.release();
  let bytes = 0;
  for await (const rows of store.readEmails({ accountId, mailboxId: mailbox.id, uids, withExpunged: false }, {})) {
    for (const row of rows) bytes += row.sizeBytes;
  }
  return bytes;
}

function deletedUids(uids: Uint32Array, flags: Uint32Array, length: number): UidRanges {
  const ranges: [number, number][] = [];
  for (let position = 0; position < length; position++) {
    const uid = uids[position] ?? 0;
    if (((flags[position] ?? 0) & deleted) === 0) continue;
    const previous = ranges.at(-1);
    if (previous !== undefined && previous[1] + 1 === uid) previous[1] = uid;
    else ranges.push([uid, uid]);
  }
  return ranges;
}
