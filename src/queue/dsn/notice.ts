import type { QueuedMessage, RemoteReply } from '../queued.ts';

/** What the sender of a message is told about one recipient. */
export interface Notice {
  readonly recipient: string;
  /** ORCPT (RFC 3461 section 4.2). */
  readonly originalRecipient: { readonly type: string; readonly address: string } | undefined;
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed';
  /** Enhanced status code (RFC 3463). */
  readonly status: string;
  readonly reply: RemoteReply | undefined;
  /** Why it failed, where it was not the other side that said so. */
  readonly because?: 'expired' | 'given-up' | 'suppressed';
  readonly willRetryUntilMs?: number;
}

/** What a delivery status notification is about. */
export interface ReportSubject {
  readonly message: Pick<
    QueuedMessage,
    'subject' | 'headerMessageId' | 'envelopeId' | 'queuedAtMs' | 'utf8' | 'tls' | 'returnContent' | 'futureRelease'
  >;
  /** To whom it goes: the return path. */
  readonly returnPath: string;
  /** All of one message; those of one kind are told in one list. */
  readonly notices: readonly [Notice, ...Notice[]];
  readonly hostname: string;
  readonly nowMs: number;
}
