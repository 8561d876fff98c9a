import type { AccountId, EmailId, MailboxId } from '../../store/ids.ts';
import type { UidRanges } from '../../store/uid-ranges.ts';
import { Refuse } from './refuse.ts';
import type { Pop3Services } from './services.ts';

/** Messages that one session shows, the oldest; the rest comes once these were deleted. 20 octets each are held. */
export const maxMessages = 250_000;

/** A message as the client knows it. */
export interface Drop {
  /** RFC 1939 section 3, message-number: from 1. */
  readonly number: number;
  readonly sizeBytes: number;
  readonly emailId: EmailId;
  /** RFC 1939 section 7, UIDL: the same in all sessions, and never given to another message. */
  readonly uniqueId: string;
}

/**
 * INBOX as it was when the session began: what arrives later is for the next session, and numbers never change. Nothing is
 * locked: others may remove messages meanwhile, RETR says so then. RFC 1939 section 5.
 */
export class Maildrop {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** How many there were at the beginning; numbers go up to here. */
  length = 0;
  /** Of those that are not marked as deleted. */
  count = 0;
  bytes = 0;
  readonly #uidValidity: number;
  readonly #uids: Uint32Array;
  readonly #emailIds: Float64Array;
  readonly #sizes: Float64Array;
  readonly #deleted: Uint8Array;

  constructor(
    inbox: { readonly accountId: AccountId; readonly mailboxId: MailboxId; readonly uidValidity: number },
    capacity: number,
  ) {
    this.accountId = inbox.accountId;
    this.mailboxId = inbox.mailboxId;
    this.#uidValidity = inbox.uidValidity;
    this.#uids = new Uint32Array(capacity);
    this.#emailIds = new Float64Array(capacity);
    this.#sizes = new Float64Array(capacity);
    this.#deleted = new Uint8Array(capacity);
  }

  /** False when there is no room for more. */
  add(uid: number, emailId: EmailId, sizeBytes: number): boolean {
    if (this.length === this.#uids.length) return false;
    this.#uids[this.length] = uid;
    this.#emailIds[this.length] = emailId;
    this.#sizes[this.length] = sizeBytes;
    this.length++;
    this.count++;
    this.bytes += sizeBytes;
    return true;
  }

  /** @throws Refuse when there is no such message, or it is marked as deleted. */
  find(number: number): Drop {
    const drop = this.peek(number);
    if (drop === undefined) throw new Refuse('no such message');
    return drop;
  }

  /** Undefined when there is no such message, or it is marked as deleted. */
  peek(number: number): Drop | undefined {
    const at = number - 1;
    if (this.#deleted[at] !== 0 || at >= this.length) return undefined;
    return {
      number,
      sizeBytes: this.#sizes[at] ?? 0,
      emailId: this.#emailIds[at] as EmailId,
      uniqueId: `${this.#uidValidity}-${this.#uids[at]}`,
    };
  }

  /** To be removed at QUIT. */
  markDeleted({ number, sizeBytes }: Drop): void {
    this.#deleted[number - 1] = 1;
    this.count--;
    this.bytes -= sizeBytes;
  }

  /** RFC 1939 section 5, RSET. */
  unmarkAll(): void {
    this.#deleted.fill(0);
    this.count = this.length;
    this.bytes = 0;
    for (let at = 0; at < this.length; at++) this.bytes += this.#sizes[at] ?? 0;
  }

  /** The uids of those marked as deleted; neighbours here share a range, there is nothing of others between them. */
  deletedUids(): UidRanges {
    const ranges: [number, number][] = [];
    let open: [number, number] | undefined;
    for (let at = 0; at < this.length; at++) {
      const uid = this.#uids[at] ?? 0;
      if (this.#deleted[at] === 0) open = undefined;
      else if (open === undefined) ranges.push((open = [uid, uid]));
      else open[1] = uid;
    }
    return ranges;
  }
}

/** Reads the maildrop of an account. An account without INBOX has an empty one. */
export async function openMaildrop(store: Pop3Services['store'], accountId: AccountId): Promise<Maildrop> {
  const inbox = await store.findMailbox(accountId, 'INBOX');
  if (inbox === undefined) {
    return new Maildrop({ accountId, mailboxId: 0 as MailboxId, uidValidity: 0 }, 0);
  }
  const capacity = Math.min(inbox.total, maxMessages);
  const drop = new Maildrop({ accountId, mailboxId: inbox.id, uidValidity: inbox.uidValidity }, capacity);
  if (capacity === 0) return drop;
  const all = { accountId, mailboxId: inbox.id, uids: [[1, inbox.uidNext - 1]] as const, withExpunged: false };
  for await (const rows of store.readEmails(all, {})) {
    for (const row of rows) if (!drop.add(row.uid, row.emailId, row.sizeBytes)) return drop;
  }
  return drop;
}
