import { findSection, type AnyPart, type Section } from '../mime/find-section.ts';
import { selectHeaderFields } from '../mime/select-header-fields.ts';
import type { MessageReader } from '../store/message-reader.ts';
import type { Partial } from '../wire/imap/imap-reader.ts';

/** Octets of a message as it is sent: some that are in memory, then a range of the original. */
export interface OctetSpan {
  readonly head: Uint8Array;
  /** Of the original. */
  readonly start: number;
  readonly end: number;
}

const nothing = new Uint8Array(0);

/**
 * Where the octets of a section are; undefined when the message has no such section. The header fields that this server
 * added stand in front of the original's own, so they are part of the message, its header and the fields of it.
 * RFC 9051 section 6.4.5.1.
 */
export async function locateSection(
  reader: MessageReader,
  root: AnyPart,
  section: Section,
): Promise<OctetSpan | undefined> {
  const found = findSection(root, section);
  if (found === undefined) return undefined;
  const end = Math.min(found.end, reader.originalBytes);
  const start = Math.min(found.start, end);
  // `1.MIME` of a message with one part is the header of the message.
  const withPrefix = section.path.length === 0 ? section.text !== 'text' : section.text === 'mime' && start === 0;
  const prefix = withPrefix ? reader.prefix : nothing;
  if (found.fields === undefined) {
    // The message itself ends where its octets end, whatever the scanner made of them.
    const isWhole = section.path.length === 0 && section.text === undefined;
    return { head: prefix, start, end: isWhole ? reader.originalBytes : end };
  }
  const own = await reader.read(start, end);
  const header = prefix.length === 0 ? own : Buffer.concat([prefix, own]);
  return { head: selectHeaderFields(header, found.fields.names, found.fields.not), start: 0, end: 0 };
}

export function spanBytes(span: OctetSpan): number {
  return span.head.length + span.end - span.start;
}

/** The part of a span that a partial asks for: nothing when it starts behind the end. RFC 9051 section 6.4.5, BODY[]<>. */
export function clipSpan(span: OctetSpan, partial: Partial | undefined): OctetSpan {
  if (partial === undefined) return span;
  const from = Math.min(partial.offset, spanBytes(span));
  const to = Math.min(from + partial.count, spanBytes(span));
  const inHead = span.head.length;
  return {
    head: span.head.subarray(Math.min(from, inHead), Math.min(to, inHead)),
    start: span.start + Math.max(0, from - inHead),
    end: span.start + Math.max(0, to - inHead),
  };
}

/** Octets read at once: what a slow client makes the server hold. */
const pieceBytes = 128 * 1024;

/** The octets of a span, in pieces. */
export async function* readSpan(reader: MessageReader, span: OctetSpan): AsyncGenerator<Uint8Array> {
  if (span.head.length > 0) yield span.head;
  for (let at = span.start; at < span.end; at += pieceBytes) {
    yield await reader.read(at, Math.min(at + pieceBytes, span.end));
  }
}
