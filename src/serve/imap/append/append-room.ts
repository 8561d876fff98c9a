import type { Account } from '../../../directory/directory.ts';
import type { Store } from '../../../store/store.ts';
import { No } from '../refusal.ts';
import type { Session } from '../session.ts';

/** Messages in one command, and octets of all of them in relation to the largest single one: they wait on disk together. */
const maxMessages = 1000;
const maxTotal = 4;
/** Messages up to this size wait in memory, so there is less room for all of them. */
const smallBytes = 256 * 1024;
const maxSmallTotal = 32 * 1024 * 1024;
/** Literals and URLs of CATENATE in one command. */
const maxParts = 1000;

/** Judges how much one APPEND may bring: APPENDLIMIT, quota, and what waits until all of it is there. */
export class AppendRoom {
  /** Octets of all messages so far, what was announced included. */
  totalBytes = 0;
  private readonly session: Session;
  private readonly account: Account;
  private readonly replaced: Parameters<Store['replace']>[1] | undefined;
  private messages = 0;
  private parts = 0;
  private smallTotal = 0;
  private usedBytes: number | undefined;

  /** `replaced`: the message whose room becomes free. */
  constructor(session: Session, account: Account, replaced: Parameters<Store['replace']>[1] | undefined) {
    this.session = session;
    this.account = account;
    this.replaced = replaced;
  }

  /** @throws No LIMIT, MESSAGELIMIT */
  countMessage(): void {
    const { messageLimit } = this.session.options;
    if (++this.messages <= (messageLimit ?? maxMessages)) return;
    // RFC 9738 section 3.1: all or nothing, so there is no last uid.
    const code = messageLimit === undefined ? 'LIMIT' : `MESSAGELIMIT ${messageLimit}`;
    throw new No('too many messages in one command', code);
  }

  /**
   * A message that has `before` octets gets `bytes` more.
   * @throws No TOOBIG, LIMIT, OVERQUOTA
   */
  async take(before: number, bytes: number): Promise<void> {
    const { maxMessageBytes } = this.session.options;
    if (before + bytes > maxMessageBytes) throw new No('message is larger than APPENDLIMIT', 'TOOBIG');
    this.totalBytes += bytes;
    if (before + bytes <= smallBytes) this.smallTotal += bytes;
    else if (before <= smallBytes) this.smallTotal -= before;
    const isTooMuch = this.totalBytes > maxTotal * maxMessageBytes || this.smallTotal > maxSmallTotal;
    if (isTooMuch || ++this.parts > Math.max(maxParts, this.session.options.messageLimit ?? 0))
      throw new No('too much in one command', 'LIMIT');
    await this.checkQuota();
  }

  /** The store checks again when it writes; this is for clients that have not sent the message yet. */
  private async checkQuota(): Promise<void> {
    const { quotaBytes, id } = this.account;
    if (quotaBytes === undefined) return;
    this.usedBytes ??= (await this.session.services.store.usage(id)).usedBytes - (await this.replacedBytes());
    if (this.usedBytes + this.totalBytes > quotaBytes) throw new No('no room in this account', 'OVERQUOTA');
  }

  /** RFC 8508 section 3.4: only the difference needs room. */
  private async replacedBytes(): Promise<number> {
    if (this.replaced === undefined) return 0;
    const { uid, ...place } = this.replaced;
    const { store } = this.session.services;
    for await (const [row] of store.readEmails({ ...place, uids: [[uid, uid]], withExpunged: false }, {})) {
      if (row !== undefined) return row.sizeBytes;
    }
    return 0;
  }
}
