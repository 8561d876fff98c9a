import { decodeCharset } from './decode-charset.ts';
import { decodeTransfer } from './decode-transfer.ts';
import type { MimeLimits, Part } from './part.ts';
import { MessageScanner } from './scan-message.ts';

// What `posthorn/mime` offers besides the functions below: docs/mime.md.
export { decodeHeaderText } from './decode-words.ts';
export { encodeWords, printHeaderField, printMailbox } from './compose-header.ts';
export { findField, findFields, findLastField, parseHeader, unfold } from './parse-header.ts';
export { mailboxesOf, parseAddresses, parseAddressItems } from './parse-addresses.ts';
export { parseDate } from './parse-date.ts';
export { parseMessageId, parseMessageIds } from './message-ids.ts';
export { baseSubject } from './base-subject.ts';
export { findSection } from './find-section.ts';
export { printBodyStructure } from './print-body-structure.ts';
export { printEnvelope } from './print-envelope.ts';
export { stripHtml } from './strip-html.ts';
export { transferDecoder } from './decode-transfer.ts';
export { decodeCharset, MessageScanner };
export type { Header, HeaderField } from './parse-header.ts';
export type { AddressItem, MailAddress } from './parse-addresses.ts';
export type { MailDate } from './parse-date.ts';
export type { Disposition } from './part.ts';
export type { FoundSection, Section } from './find-section.ts';
export type { TransferDecoder } from './transfer-decoder.ts';
export type { MimeLimits, Part };

/** The part tree of a whole message, with offsets into it. Never throws; `MessageScanner` does the same in pieces. */
export function parseMessage(message: Uint8Array, limits?: Partial<MimeLimits>): Part {
  return new MessageScanner(limits).end(message);
}

/** The octets of a part's body without their transfer encoding; as they stand when the encoding is unknown. RFC 2045 section 6. */
export function bodyOf(message: Uint8Array, part: Part): Uint8Array {
  const raw = message.subarray(part.bodyStart, part.bodyEnd);
  return decodeTransfer(raw, part.encoding) ?? raw;
}

/** The body of a text part as Unicode, by its charset. Without one: UTF-8 where it is valid. */
export function textOf(message: Uint8Array, part: Part): string {
  return decodeCharset(bodyOf(message, part), part.charset);
}
