import type { Header } from '../mime/parse-header.ts';
import type { MessageReader } from '../store/message-reader.ts';
import type { AppendTarget } from '../store/append-target.ts';
import type { Outcome, QueueEntry, QueuedMessage } from './queued.ts';
import type { Transport } from './transport.ts';

/** The octets of a message in the queue. */
export type QueuedOctets = Omit<MessageReader, 'partMap'>;

/** Entries of one message to one destination domain, tried together: one transaction where the other side allows it. */
export interface Batch {
  readonly message: QueuedMessage;
  /** At least one, all with the same domain and return path. */
  readonly entries: readonly QueueEntry[];
  readonly transport: Transport;
  /** The octets to send: prefix, then the original. May be called for each host; the caller closes the reader. */
  open(): Promise<QueuedOctets>;
}

/**
 * Who carries a batch: `relay/` to other hosts, the local courier into `receive/`. Never throws for what the world did wrong:
 * that is an outcome. What it throws is a fault of ours, and the entries are tried again later.
 */
export interface Courier {
  /**
   * Tries each entry once. Calls `record` with outcomes as they become known, each entry exactly once over all calls, and awaits
   * it before it uses the connection for anything else: a crash can only repeat what is between the remote's 250 and the record.
   * After `signal` it ends soon; entries without an outcome are then tried again as if this try had not been.
   */
  deliver(batch: Batch, record: (outcomes: readonly Outcome[]) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** A message on its way into the queue, as far as a decision about it needs; its recipients share a return path. */
export interface Arriving {
  readonly header: Header;
  /** What stands in front of the header, one character an octet. */
  readonly prefix: string;
  readonly returnPath: string;
  readonly recipients: readonly Pick<QueueEntry, 'recipient' | 'notify' | 'originalRecipient'>[];
}

/** The courier to our own accounts, which live in the store that the queue is in. */
export interface LocalCourier extends Courier {
  /**
   * What a try would file for each recipient, so that the commit that takes the message does it: the same decision, a
   * commit and a half less. Undefined: only a try can tell, and for refusals it must.
   */
  planCopies?(arriving: Arriving): readonly (readonly AppendTarget[] | undefined)[];
}
