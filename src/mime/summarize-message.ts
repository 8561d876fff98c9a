import { baseSubject } from './base-subject.ts';
import { cutText } from './cut-text.ts';
import { decodeHeaderText } from './decode-words.ts';
import { hasAttachment } from './is-attachment.ts';
import { makePreview } from './make-preview.ts';
import { parseMessageId, parseMessageIds } from './message-ids.ts';
import { parseAddresses } from './parse-addresses.ts';
import type { MailAddress } from './parse-addresses.ts';
import { parseDate } from './parse-date.ts';
import { findLastField } from './parse-header.ts';
import type { Header } from './parse-header.ts';
import type { Part } from './part.ts';
import { printPartMap } from './part-map.ts';
import { printBodyStructure } from './print-body-structure.ts';
import { printEnvelope } from './print-envelope.ts';

/** What is kept of a message beside its octets, made once at delivery. All Unicode texts are well-formed and without NUL. */
export interface MessageSummary {
  /** IMAP ENVELOPE, one character one octet (not Unicode). */
  readonly envelope: string;
  /** IMAP BODYSTRUCTURE (extended), one character one octet (not Unicode). */
  readonly bodyStructure: string;
  /** See `part-map.ts`. */
  readonly partMap: string;
  /** At most 200 characters of the text. RFC 8970. */
  readonly preview: string;
  /** Decoded; at most 16,384 characters. */
  readonly subject: string;
  /** RFC 5256 section 2.1, lower case. */
  readonly baseSubject: string;
  /** The subject had a reply or forward marker. */
  readonly isReplyOrForward: boolean;
  /** Canonical, without angle brackets; undefined when missing or invalid. */
  readonly messageId: string | undefined;
  /** Canonical, at most 100. */
  readonly inReplyTo: readonly string[];
  /** Canonical, the last 100. */
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

const MAX_SUBJECT = 16_384;

/**
 * Everything that is derived from a message for lists, threads, sorting and FETCH. `head`: its first octets, up to 64 KiB,
 * for the preview. Where a field that may be there once is repeated, the last counts, as in ENVELOPE.
 */
export function summarizeMessage(root: Part, head: Uint8Array): MessageSummary {
  const { header } = root;
  const raw = (name: string): string | undefined => findLastField(header, name)?.raw;
  const subject = cutText(decodeHeaderText(raw('subject') ?? ''), MAX_SUBJECT);
  const base = baseSubject(subject);
  const messageId = raw('message-id');
  const date = raw('date');
  return {
    envelope: printEnvelope(header),
    bodyStructure: printBodyStructure(root),
    partMap: printPartMap(root),
    preview: makePreview(root, head),
    subject,
    baseSubject: base.text,
    isReplyOrForward: base.isReplyOrForward,
    messageId: messageId === undefined ? undefined : parseMessageId(messageId),
    inReplyTo: parseMessageIds(raw('in-reply-to') ?? ''),
    references: parseMessageIds(raw('references') ?? ''),
    sentAtMs: date === undefined ? undefined : parseDate(date)?.ms,
    from: addressesOf(header, 'from'),
    sender: addressesOf(header, 'sender'),
    replyTo: addressesOf(header, 'reply-to'),
    to: addressesOf(header, 'to'),
    cc: addressesOf(header, 'cc'),
    bcc: addressesOf(header, 'bcc'),
    hasAttachment: hasAttachment(root),
  };
}

/** Repeated address fields are one list, as in ENVELOPE. */
function addressesOf(header: Header, name: string): MailAddress[] {
  return header.fields.flatMap((field) => (field.name === name ? parseAddresses(field.raw) : []));
}
