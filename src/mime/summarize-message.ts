import type { MailAddress } from './parse-addresses.ts';
import type { Part } from './part.ts';

/** What is kept of a message beside its octets, made once at delivery. All Unicode texts are well-formed and without NUL. */
export interface MessageSummary {
  /** IMAP ENVELOPE, one character one octet. */
  readonly envelope: string;
  /** IMAP BODYSTRUCTURE (extended), one character one octet. */
  readonly bodyStructure: string;
  /** See `part-map.ts`. */
  readonly partMap: string;
  /** At most 200 characters of the text. RFC 8970. */
  readonly preview: string;
  readonly subject: string;
  /** RFC 5256 section 2.1, lower case. */
  readonly baseSubject: string;
  /** The subject had a reply or forward marker. */
  readonly isReplyOrForward: boolean;
  /** Canonical, without angle brackets; undefined when missing or invalid. */
  readonly messageId: string | undefined;
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  /** Date field, milliseconds since 1970; undefined when missing or unparsable. */
  readonly sentAtMs: number | undefined;
  readonly from: readonly MailAddress[];
  readonly sender: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  readonly hasAttachment: boolean;
}

/** `readHead`: the first octets of the message, up to 64 KiB, for the preview. */
export function summarizeMessage(_part: Part, _readHead: Uint8Array): MessageSummary {
  throw new Error('not built yet');
}
