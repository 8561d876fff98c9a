import { decodeHeaderText } from '../../../mime/decode-words.ts';
import { listOf, octetsOf, type ImapValue } from './value.ts';

/** One address of an envelope. A group shows as its name with the members in it. */
export interface EnvelopeAddress {
  /** Decoded (RFC 2047), '' when there is none. */
  readonly name: string;
  /** `ann@example.org`; '' for a group. */
  readonly address: string;
}

/** RFC 9051 section 7.5.2, ENVELOPE. Texts are decoded. */
export interface Envelope {
  /** As the header says it, '' when it does not. */
  readonly date: string;
  readonly subject: string;
  readonly from: readonly EnvelopeAddress[];
  readonly sender: readonly EnvelopeAddress[];
  readonly replyTo: readonly EnvelopeAddress[];
  readonly to: readonly EnvelopeAddress[];
  readonly cc: readonly EnvelopeAddress[];
  readonly bcc: readonly EnvelopeAddress[];
  /** With its angle brackets; '' when there is none. */
  readonly inReplyTo: string;
  readonly messageId: string;
}

/** Undefined when the value is no envelope. */
export function readEnvelope(value: ImapValue | undefined): Envelope | undefined {
  const items = listOf(value);
  if (items === undefined || items.length < 10) return undefined;
  const [date, subject, from, sender, replyTo, to, cc, bcc, inReplyTo, messageId] = items;
  return {
    date: octetsOf(date) ?? '',
    subject: decodeHeaderText(octetsOf(subject) ?? ''),
    from: readAddresses(from),
    sender: readAddresses(sender),
    replyTo: readAddresses(replyTo),
    to: readAddresses(to),
    cc: readAddresses(cc),
    bcc: readAddresses(bcc),
    inReplyTo: octetsOf(inReplyTo) ?? '',
    messageId: octetsOf(messageId) ?? '',
  };
}

/** (name adl mailbox host); a group begins with a mailbox without host, and ends with neither. */
function readAddresses(value: ImapValue | undefined): readonly EnvelopeAddress[] {
  return (listOf(value) ?? []).flatMap((item) => {
    const [name, , mailbox, host] = listOf(item) ?? [];
    const local = decodeHeaderText(octetsOf(mailbox) ?? '');
    const domain = decodeHeaderText(octetsOf(host) ?? '');
    if (domain === '') return local === '' ? [] : [{ name: local, address: '' }];
    return [{ name: decodeHeaderText(octetsOf(name) ?? ''), address: `${local}@${domain}` }];
  });
}
