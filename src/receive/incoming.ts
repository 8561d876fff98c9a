import type { Log } from '../base/log.ts';
import type { Clock } from '../base/clock.ts';
import type { AddressParts, AliasRecipient, Directory, LocalRecipient } from '../directory/directory.ts';
import type { IncomingBounces } from '../queue/bounces.ts';
import type { IncomingReports } from '../queue/report-incoming.ts';
import type { Spool } from '../store/spool.ts';
import type { Store } from '../store/store.ts';

/** What `receive/` needs of the house. */
export interface ReceiveServices {
  readonly store: Pick<Store, 'append'>;
  readonly directory: Pick<Directory, 'canonicalAddress'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Tells senders of recipients that do not get the message, or do; without it, the log alone hears of them. */
  readonly reports?: IncomingReports | undefined;
  /** Hears of what comes with the null path: it may be about something that was sent. */
  readonly bounces?: IncomingBounces | undefined;
}

/** What the sender asked for with MAIL (RFC 3461 section 4, RFC 6531, RFC 8689). */
export interface SenderWishes {
  readonly envelopeId: string | undefined;
  readonly utf8: boolean;
  readonly requireTls: boolean;
}

/** Where a recipient leads, found by `screen` when it was named. */
export type Destination =
  | { readonly kind: 'account'; readonly recipient: LocalRecipient; readonly canonical: string }
  | { readonly kind: 'alias'; readonly alias: AliasRecipient; readonly canonical: string }
  /** Accepted at first, so that addresses cannot be tried out one by one; refused once the message is there. */
  | { readonly kind: 'unknown-address' };

/** One recipient of the envelope that was accepted for now. */
export interface EnvelopeRecipient {
  readonly address: AddressParts;
  /** As text, as Delivered-To shows it. */
  readonly printed: string;
  readonly destination: Destination;
  /** What the sender wants to hear, for delivery status notifications (RFC 3461). */
  readonly notify: readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[] | undefined;
  readonly originalRecipient: { readonly type: string; readonly address: string } | undefined;
}

/** A whole message with its envelope, taken from the network. */
export interface IncomingMessage {
  /** Names the message in logs and in Received. */
  readonly id: string;
  /** Undefined: the null reverse path. */
  readonly sender: AddressParts | undefined;
  readonly recipients: readonly EnvelopeRecipient[];
  readonly spool: Spool;
  /** Return-Path, Received and the like, each with CRLF, one character an octet: the same for all copies. */
  readonly trace: string;
  /** Undefined: none, as of a message that another part of this server brings. */
  readonly wishes?: SenderWishes;
}

/** Why a recipient does not get the message. */
export type RefusalReason =
  | 'unknown-address'
  /** The alias is only for its members, and From is none. */
  | 'post-not-allowed'
  | 'over-quota'
  /** The mailbox and INBOX are missing, or the account is being removed. */
  | 'no-such-mailbox';

export type RecipientResult =
  /** `copies` may be 0: every member of an alias is named in the envelope as well, or wrote the message. */
  | { readonly recipient: EnvelopeRecipient; readonly kind: 'filed'; readonly copies: number }
  | { readonly recipient: EnvelopeRecipient; readonly kind: 'refused'; readonly reason: RefusalReason };
