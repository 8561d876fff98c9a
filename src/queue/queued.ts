/**
 * What the queue holds, as plain data: a message that goes out, and one entry for each of its recipients. Rows live in the
 * store (`store/queue/`); these types are what `submit/`, `relay/` and the command line see of them.
 */
import type { AccountId, QueueId } from '../store/ids.ts';
import type { RetiredResult } from '../store/queue/retired-row.ts';

export type { QueueId } from '../store/ids.ts';

export type Notify = 'NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY';

/** What all recipients of one submission share. */
export interface QueuedMessage {
  /** Shared by the entries of one submission; they share one blob too. */
  readonly messageId: number;
  /** Who sent it; undefined: the server itself (reports, notifications). */
  readonly accountId: AccountId | undefined;
  readonly sizeBytes: number;
  /** Of the body as it is stored: decides BODY=8BITMIME, BINARYMIME or a re-encoding on the way (RFC 6152, 3030). */
  readonly body: '7bit' | '8bit' | 'binary';
  /** Header fields or addresses need SMTPUTF8 (RFC 6531). */
  readonly utf8: boolean;
  /** `required`: REQUIRETLS (RFC 8689 section 4); `not-required`: the header field TLS-Required: No (section 5). */
  readonly tls: 'default' | 'required' | 'not-required';
  /** ENVID and RET of the submitter (RFC 3461 sections 4.3 and 4.4). */
  readonly envelopeId: string | undefined;
  readonly returnContent: 'full' | 'headers' | undefined;
  /** What the submitter asked for with FUTURERELEASE, `for;3600` or `until;2026-11-24T15:00:00Z` (RFC 4865 section 5.1.2). */
  readonly futureRelease?: string | undefined;
  /** Of the header, for people who look at the queue; '' when there is none. Cut to 200 characters. */
  readonly subject: string;
  readonly headerMessageId: string;
  /** The domain of the header's From: routes look at it. */
  readonly fromDomain: string;
  readonly queuedAtMs: number;
  /** `report`: DMARC and TLS reports, tried less often; `notification`: a DSN, never answered by another. */
  readonly kind: 'mail' | 'report' | 'notification';
}

export interface QueueEntry {
  readonly id: QueueId;
  readonly message: QueuedMessage;
  /** MAIL FROM of this entry, '' for the null path; may be unique to the entry (spec section 1.8). */
  readonly returnPath: string;
  /** RCPT TO, as given. */
  readonly recipient: string;
  /** Its domain in A-labels, lower case, or an address literal in brackets: what concurrency and pauses go by. */
  readonly domain: string;
  readonly notify: readonly Notify[] | undefined;
  readonly originalRecipient: { readonly type: string; readonly address: string } | undefined;
  /** Tries that were begun before this one. */
  readonly attempts: number;
  readonly nextAttemptMs: number;
  readonly expiresAtMs: number;
  readonly isHeld: boolean;
  /** The sender was told that it takes longer. */
  readonly delayTold: boolean;
  /** The tries of before, oldest first; at most about 20 are kept. */
  readonly story: readonly AttemptStory[];
}

/** What one try met, host by host: shown by `posthorn explain`. */
export interface AttemptStory {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** `direct`, or the name of the transport of the configuration. */
  readonly transport: string;
  readonly hosts: readonly HostStory[];
  readonly result: 'delivered' | 'later' | 'failed';
  /** In one sentence, for people. */
  readonly summary: string;
}

export interface HostStory {
  readonly host: string;
  readonly address: string | undefined;
  /** `TLSv1.3 TLS_AES_256_GCM_SHA384`, or undefined in plain text. */
  readonly tls: string | undefined;
  /** How the host was verified and what came of it: `dane-ee matched`, `mta-sts verified`, `not verified`, … */
  readonly verdict: string | undefined;
  /** Replies that mattered, each with its step: `RCPT: 550 5.1.1 no such user`. Bounded in count and length. */
  readonly replies: readonly string[];
  /** The address of ours that it was reached from, where the configuration names some. */
  readonly from?: string;
}

/** How an entry left the queue. */
export interface Ending {
  /** Enhanced status code, `5.1.1`; undefined: it was dropped. */
  readonly status?: string | undefined;
  /** What the other side said last. */
  readonly reply?: RemoteReply | undefined;
}

/** What came back to the return path of an entry, or was told by another server (RFC 3464). */
export interface ReturnedReport {
  readonly atMs: number;
  readonly action: 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'unrecognized';
  readonly status?: string;
  readonly host?: string;
  readonly text?: string;
  /** Whom the report is about, in the words of who sent it. */
  readonly recipient?: string;
}

/** An entry that has left the queue, as the history keeps it. */
export interface RetiredEntry extends Pick<
  QueueEntry,
  'id' | 'message' | 'returnPath' | 'recipient' | 'domain' | 'notify' | 'originalRecipient' | 'attempts' | 'story'
> {
  readonly endedAtMs: number;
  readonly result: RetiredResult;
  readonly ending: Ending;
  /** What others told of it since. */
  readonly reports: readonly ReturnedReport[];
}

/** How one try ended for one entry. */
export type Outcome = {
  readonly id: QueueId;
  readonly story: AttemptStory;
} & (
  | {
      readonly result: 'delivered';
      /** `relayed-without-dsn`: the other side cannot tell more, so that a SUCCESS wish is answered by us (RFC 3461 section 6.2.7.1). */
      readonly dsn: 'handed-on' | 'relayed-without-dsn' | 'final';
      readonly reply: RemoteReply | undefined;
    }
  | { readonly result: 'later' | 'failed'; readonly reply: RemoteReply | undefined; readonly status: string }
);

/** What the other side said, for DSNs. */
export interface RemoteReply {
  readonly host: string;
  readonly code: number;
  /** Enhanced status code, `5.1.1`. */
  readonly enhanced: string | undefined;
  readonly text: string;
}
