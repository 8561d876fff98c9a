import type { Header } from '../mime/parse-header.ts';
import type { AccountId } from '../store/ids.ts';
import type { Spooled } from '../store/spool.ts';
import type { Notify, QueueId, QueuedMessage } from './queued.ts';

/** What goes into the queue: one message, checked, completed and signed by `submit/`. */
export interface Outgoing extends Omit<QueuedMessage, 'messageId' | 'sizeBytes' | 'queuedAtMs' | 'accountId'> {
  readonly accountId: AccountId | undefined;
  readonly content: Spooled;
  /** Of the content, by whoever has read it: then what is for ourselves can be filed by the commit that takes it. */
  readonly header?: Header | undefined;
  /** Header fields in front of the content (Received, DKIM-Signature, …), each ends in CRLF, one character an octet. */
  readonly prefix: string;
  readonly recipients: readonly {
    readonly returnPath: string;
    /** Nobody else has it: what comes back there is about this recipient of this message (spec section 1.8). */
    readonly ownReturnPath?: boolean;
    readonly recipient: string;
    readonly domain: string;
    readonly notify: readonly Notify[] | undefined;
    readonly originalRecipient: { readonly type: string; readonly address: string } | undefined;
  }[];
  /** FUTURERELEASE (RFC 4865): not before this moment, milliseconds since 1970. */
  readonly notBeforeMs: number | undefined;
  /** Milliseconds until it is given up; undefined: as configured. DELIVERBY and reports use it. */
  readonly lifetimeMs: number | undefined;
}

/** What became of the recipients of a message. */
export interface Enqueued {
  /** Entries that are now in the queue, and those of the history that never were. */
  readonly ids: readonly QueueId[];
  /** Recipients who have it already. */
  readonly filed: number;
}

/** The queue as `submit/` sees it. */
export interface QueueDoor {
  /** One commit: when it resolves, message and entries, or the copies of our own, are on stable storage. @throws StorageFull */
  enqueue(outgoing: Outgoing): Promise<Enqueued>;
}
