import { baseSubject } from './base-subject.ts';
import { cutText } from './cut-text.ts';
import { decodeHeaderText } from './decode-words.ts';
import { readEnvelopeAddresses } from './envelope-addresses.ts';
import { foldForSearch } from './fold-for-search.ts';
import { hasAttachment } from './is-attachment.ts';
import { makePreview } from './make-preview.ts';
import { parseMessageId, parseMessageIds } from './message-ids.ts';
import { mailboxesOf } from './parse-addresses.ts';
import type { AddressItem, MailAddress } from './parse-addresses.ts';
import { parseDate } from './parse-date.ts';
import { findLastField } from './parse-header.ts';
import type { Part } from './part.ts';
import { printPartMap } from './part-map.ts';
import { printBodyStructure } from './print-body-structure.ts';
import { printEnvelope } from './print-envelope.ts';
import { selectUsualFields } from './usual-fields.ts';
import { printSearchHead } from './searched-fields.ts';
import { readThreadNames, type ThreadNames } from './thread-names.ts';

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
  /** The header fields that clients ask for of every message; undefined where they are not kept. One character an octet. */
  readonly usualFields: string | undefined;
  /** What THREAD goes by: ids as written, where those above are canonical. */
  readonly threadNames: ThreadNames;
  /** Date field, milliseconds since 1970; undefined when missing or unparsable. */
  readonly sentAtMs: number | undefined;
  /** Minutes east of UTC that the Date field was written with: SENTBEFORE and the like go by the sender's calendar day. */
  readonly sentOffsetMinutes: number | undefined;
  readonly from: readonly MailAddress[];
  readonly sender: readonly MailAddress[];
  readonly replyTo: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  /** Sort keys of SORT FROM, TO and CC: mailbox (or group) name of the first address, folded. RFC 5256 section 3. */
  readonly sortFrom: string;
  readonly sortTo: string;
  readonly sortCc: string;
  readonly hasAttachment: boolean;
  /** See `printSearchHead`. */
  readonly searchHead: string;
}

const MAX_SUBJECT = 16_384;
/** Longest sort key; what is equal up to there counts as equal. */
const MAX_SORT_KEY = 256;

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
  const addresses = readEnvelopeAddresses(header);
  const date = raw('date');
  const sentAt = date === undefined ? undefined : parseDate(date);
  return {
    envelope: printEnvelope(header, addresses),
    bodyStructure: printBodyStructure(root),
    partMap: printPartMap(root),
    preview: makePreview(root, head),
    subject,
    baseSubject: base.text,
    isReplyOrForward: base.isReplyOrForward,
    messageId: messageId === undefined ? undefined : parseMessageId(messageId),
    inReplyTo: parseMessageIds(raw('in-reply-to') ?? ''),
    references: parseMessageIds(raw('references') ?? ''),
    usualFields: usualFieldsOf(root, head),
    threadNames: readThreadNames(header, base),
    sentAtMs: sentAt?.ms,
    sentOffsetMinutes: sentAt?.offsetMinutes,
    from: mailboxesOf(addresses.from),
    sender: mailboxesOf(addresses.sender),
    replyTo: mailboxesOf(addresses.replyTo),
    to: mailboxesOf(addresses.to),
    cc: mailboxesOf(addresses.cc),
    bcc: mailboxesOf(addresses.bcc),
    sortFrom: sortKey(addresses.from),
    sortTo: sortKey(addresses.to),
    sortCc: sortKey(addresses.cc),
    hasAttachment: hasAttachment(root),
    searchHead: printSearchHead(header),
  };
}

/** Undefined also where the header goes on behind `head`. */
function usualFieldsOf({ bodyStart }: Part, head: Uint8Array): string | undefined {
  if (bodyStart > head.length) return undefined;
  return selectUsualFields(Buffer.from(head.buffer, head.byteOffset, bodyStart).toString('latin1'));
}

function sortKey([first]: readonly AddressItem[]): string {
  if (first === undefined || first.kind === 'group-end') return '';
  return cutText(foldForSearch(first.kind === 'mailbox' ? first.localPart : first.name), MAX_SORT_KEY);
}
