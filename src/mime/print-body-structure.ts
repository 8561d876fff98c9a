import { joinParams } from './join-params.ts';
import { isMessageType } from './part.ts';
import type { Disposition, Part, RawParam } from './part.ts';
import { printEnvelope } from './print-envelope.ts';
import { printImapNString, printImapString } from './print-imap-string.ts';

/** BODYSTRUCTURE with its parentheses, one character one octet. RFC 9051 section 7.5.2, body-structure. */
export function printBodyStructure(part: Part): string {
  return printPart(part, true);
}

/** BODY: the same without extension data. */
export function printBody(part: Part): string {
  return printPart(part, false);
}

/** What a multipart without any part shows as its only one, since `body-type-mpart` must have one. */
const EMPTY_TEXT = '("text" "plain" NIL NIL NIL "7bit" 0 0';

function printPart(part: Part, extended: boolean): string {
  if (part.type === 'multipart' && !isOpaque(part)) return printMultipart(part, extended);
  const [type, subtype] = isOpaque(part) ? ['application', 'octet-stream'] : [part.type, part.subtype];
  let out =
    `(${printImapString(type)} ${printImapString(subtype)} ${printParams(part.rawParams)} ${printImapNString(part.id)}` +
    ` ${printImapNString(part.description)} ${printImapString(part.encoding)} ${part.bodyEnd - part.bodyStart}`;
  if (part.message !== undefined) {
    out += ` ${printEnvelope(part.message.header)} ${printPart(part.message, extended)} ${part.lines}`;
  } else if (type === 'text') out += ` ${part.lines}`;
  if (extended) out += ` ${printImapNString(part.md5)}${printExtension(part)}`;
  return `${out})`;
}

/** A composite part that was not taken apart, because of a limit: shown as what it is to us, octets. */
function isOpaque(part: Part): boolean {
  if (!part.truncated || part.children.length > 0 || part.message !== undefined) return false;
  return part.type === 'multipart' || isMessageType(part.type, part.subtype);
}

/** `body-type-mpart = 1*body SP media-subtype [SP body-ext-mpart]`. */
function printMultipart(part: Part, extended: boolean): string {
  let out = '(';
  for (const child of part.children) out += printPart(child, extended);
  if (part.children.length === 0) out += extended ? `${EMPTY_TEXT} NIL NIL NIL NIL)` : `${EMPTY_TEXT})`;
  out += ` ${printImapString(part.subtype)}`;
  if (extended) out += ` ${printParams(part.rawParams)}${printExtension(part)}`;
  return `${out})`;
}

/** `body-fld-dsp SP body-fld-lang SP body-fld-loc`. */
function printExtension(part: Part): string {
  return ` ${printDisposition(part.disposition)} ${printLanguage(part.language)} ${printImapNString(part.location)}`;
}

/** Continued parameters are joined, since few clients do it; decoding them is left to the client. */
function printParams(raw: readonly RawParam[]): string {
  const params = joinParams(raw);
  if (params.length === 0) return 'NIL';
  return `(${params.map(({ name, value }) => `${printImapString(name)} ${printImapString(value)}`).join(' ')})`;
}

function printDisposition(disposition: Disposition | undefined): string {
  return disposition === undefined
    ? 'NIL'
    : `(${printImapString(disposition.kind)} ${printParams(disposition.rawParams)})`;
}

function printLanguage(tags: readonly string[]): string {
  const [only] = tags;
  if (only === undefined) return 'NIL';
  return tags.length === 1 ? printImapString(only) : `(${tags.map((tag) => printImapString(tag)).join(' ')})`;
}
