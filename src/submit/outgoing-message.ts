import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Result } from '../base/result.ts';
import type { Account, AddressParts, Directory } from '../directory/directory.ts';
import type { SendingAllowance, SendingRefusal } from '../queue/sending-allowances.ts';
import type { QueueDoor } from '../queue/enqueue.ts';
import type { AccountId } from '../store/ids.ts';
import type { Store } from '../store/store.ts';
import type { OutgoingBody } from './outgoing-body.ts';
import type { SentCopies } from './sent-copies.ts';

/** One recipient, whose address is well-formed; whether it exists is the queue's matter. */
export interface OutgoingRecipient {
  /** Domain '': the bare `postmaster`, who is ours. */
  readonly address: AddressParts;
  /** Wishes of RFC 3461 sections 4.1 and 4.2. */
  readonly notify: readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[] | undefined;
  readonly originalRecipient: { readonly type: string; readonly address: string } | undefined;
}

/** A message that somebody who has proven who they are wants sent. */
export interface OutgoingMessage {
  /** Names it in Received and in logs. */
  readonly id: string;
  readonly account: Account;
  /** MAIL FROM, which the account may use (`maySend`); undefined: the null path. */
  readonly sender: AddressParts | undefined;
  readonly recipients: readonly OutgoingRecipient[];
  /** Everything was written. On success it belongs to the queue; otherwise the caller discards it. */
  readonly body: OutgoingBody;
  /** How it came, for Received: `ESMTPSA (TLS 1.3 …)`. Nothing that tells who or where the client is. */
  readonly via: string;
  /** REQUIRETLS (RFC 8689). */
  readonly requireTls: boolean;
  readonly envelopeId: string | undefined;
  readonly returnContent: 'full' | 'headers' | undefined;
  /** Not before this moment, milliseconds since 1970 (RFC 4865). */
  readonly notBeforeMs: number | undefined;
  /** The same as it was asked for: `for;3600`, `until;2026-11-24T15:00:00Z`. Notifications tell it. */
  readonly futureRelease?: string | undefined;
}

/** Why it is not sent. All but the last three are final. */
export type SubmitRefusal =
  | 'header-too-long'
  | 'bad-header'
  | 'loop'
  /** There is not exactly one From with exactly one address. */
  | 'one-from'
  | 'from-not-yours'
  | 'sender-field-not-yours'
  | 'domain-disabled'
  | 'too-many-recipients'
  | 'too-many-new-recipients'
  /** It could not be signed, and is never sent unsigned. */
  | 'not-signed';

/** The queue, as this door needs it. */
export interface SubmitQueue extends QueueDoor {
  /** May the account write to these recipients today? spec/protocols.md section 6.10 */
  mayEnqueue(account: AccountId, recipients: readonly string[]): Promise<SendingRefusal | SendingAllowance>;
}

export interface SubmitServices {
  readonly store: Pick<Store, 'newSpool'>;
  readonly directory: Pick<Directory, 'maySendAs' | 'dkimKeysOf' | 'sendingRulesOf' | 'tagAddress'>;
  readonly queue: SubmitQueue;
  /** Files what accounts send that want it. */
  readonly sentCopies?: Pick<SentCopies, 'keep'> | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Our name in Received and in Message-IDs, A-labels. */
  readonly hostname: string;
}

/** The door out. Resolved with success: the message is on stable storage and will be sent. @throws StorageFull */
export type Submit = (outgoing: OutgoingMessage) => Promise<Result<undefined, SubmitRefusal>>;
