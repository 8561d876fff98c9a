/** A store of two methods in memory, for tests of what stands in front of it. */
import type { AccountId, EmailId, MailboxId, ModSeq, ThreadId, Uid } from '../store/ids.ts';
import type { Spool, Spooled } from '../store/spool.ts';
import type { AppendOutcome } from '../store/append-target.ts';
import type { AppendMessage, Store } from '../store/store.ts';

export interface StoredCopy {
  readonly accountId: number;
  readonly mailbox: string;
  readonly prefix: string;
  readonly text: string;
}

export class TestStore implements Pick<Store, 'newSpool' | 'append'> {
  readonly copies: StoredCopy[] = [];
  appends = 0;
  discarded = 0;
  /** Octets held by spools that were neither stored nor discarded. */
  openSpools = 0;
  /** Accounts that have no room. */
  readonly full = new Set<number>();
  /** Accounts that are gone. */
  readonly gone = new Set<number>();
  /** Thrown by the next calls. */
  failWrite: Error | undefined;
  failAppend: Error | undefined;
  /** Makes writes asynchronous, as a file would. */
  slowWrites = false;
  largestWrite = 0;

  newSpool(limits: { readonly maxBytes: number }): Spool {
    this.openSpools++;
    return new TestSpool(this, limits.maxBytes);
  }

  async append(message: AppendMessage): Promise<readonly AppendOutcome[]> {
    await Promise.resolve();
    this.appends++;
    this.openSpools--;
    if (this.failAppend !== undefined) throw this.failAppend;
    const { octets } = message.message as Extract<Spooled, { kind: 'octets' }>;
    return message.targets.map((target): AppendOutcome => {
      if (this.full.has(target.accountId)) return { ok: false, reason: 'over-quota' };
      if (this.gone.has(target.accountId)) return { ok: false, reason: 'no-such-mailbox' };
      const mailbox = typeof target.mailbox === 'object' ? target.mailbox.name : String(target.mailbox);
      const text = Buffer.from(octets).toString('latin1');
      this.copies.push({ accountId: target.accountId, mailbox, prefix: target.prefix, text });
      return {
        ok: true,
        accountId: target.accountId,
        mailboxId: 1 as MailboxId,
        uidValidity: 1,
        uid: this.copies.length as Uid,
        emailId: 1 as EmailId,
        threadId: 1 as ThreadId,
        modseq: 1 as ModSeq,
      };
    });
  }
}

class TestSpool implements Spool {
  #chunks: Buffer[] = [];
  #large = false;
  #over = false;
  sizeBytes = 0;
  readonly #store: TestStore;
  readonly #maxBytes: number;

  constructor(store: TestStore, maxBytes: number) {
    this.#store = store;
    this.#maxBytes = maxBytes;
  }
  head(): Uint8Array {
    return Buffer.concat(this.#chunks).subarray(0, 65_536);
  }
  write(octets: Uint8Array): 'kept' | 'too-large' | Promise<'kept' | 'too-large'> {
    if (this.#store.failWrite !== undefined) throw this.#store.failWrite;
    this.#store.largestWrite = Math.max(this.#store.largestWrite, octets.length);
    this.sizeBytes += octets.length;
    this.#large ||= this.sizeBytes > this.#maxBytes;
    const answer = this.#large ? 'too-large' : 'kept';
    const keep = () => {
      if (!this.#large) this.#chunks.push(Buffer.from(octets));
      return answer;
    };
    if (!this.#store.slowWrites) return keep();
    return new Promise((resolve) => setImmediate(() => resolve(keep())));
  }
  finish(): Promise<Spooled> {
    return Promise.resolve({ kind: 'octets', octets: Buffer.concat(this.#chunks) });
  }
  discard(): Promise<void> {
    if (!this.#over) {
      this.#store.openSpools--;
      this.#store.discarded++;
    }
    this.#over = true;
    return Promise.resolve();
  }
}

/** A brand for numbers in tests. */
export function accountId(number: number): AccountId {
  return number as AccountId;
}
