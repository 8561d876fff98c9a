import { transferDecoder } from '../../../mime/decode-transfer.ts';
import { findPart, type AnyPart } from '../../../mime/find-section.ts';
import type { MessageReader } from '../../../store/message-reader.ts';
import type { Partial } from '../../../wire/imap/imap-reader.ts';
import { locateSection, readSpan, spanBytes, type OctetSpan } from '../../octet-span.ts';
import { LineEnds } from './line-ends.ts';

/** A part without its transfer encoding (BINARY). */
export interface EncodedPart {
  readonly span: OctetSpan;
  readonly encoding: string;
  /** Lines of text: they end with CR LF, whatever was encoded. RFC 9051 section 7.5.2, BINARY. */
  readonly isText: boolean;
}

/** Thrown for encodings that nobody knows: `NO [UNKNOWN-CTE]`. RFC 9051 section 7.5.2, BINARY. */
export class UnknownEncoding extends Error {
  override readonly name = 'UnknownEncoding';
}

/**
 * The part that a BINARY item names; undefined when there is none. Without a number: the message as it is. Multiparts and
 * messages have no encoding of their own (RFC 2045 section 6.4), so they come as they are too.
 */
export async function locateEncoded(
  reader: MessageReader,
  root: AnyPart,
  path: readonly number[],
): Promise<EncodedPart | undefined> {
  const span = await locateSection(reader, root, { path });
  const part = findPart(root, path);
  if (span === undefined || part === undefined) return undefined;
  const encoding = path.length === 0 || part.type === 'multipart' ? 'binary' : part.encoding;
  if (transferDecoder(encoding) === undefined) throw new UnknownEncoding(encoding);
  return { span, encoding, isText: path.length > 0 && part.type === 'text' };
}

/** Decoded octets from `partial.offset` on, at most `partial.count`, in pieces. */
export async function* readDecoded(
  reader: MessageReader,
  part: EncodedPart,
  partial?: Partial,
): AsyncGenerator<Uint8Array> {
  const decoder = transferDecoder(part.encoding);
  if (decoder === undefined) throw new UnknownEncoding(part.encoding);
  const from = partial?.offset ?? 0;
  const to = from + (partial?.count ?? Infinity);
  let at = 0;
  const clip = (octets: Uint8Array): Uint8Array => {
    const start = at;
    at += octets.length;
    return octets.subarray(Math.max(0, from - start), Math.max(0, to - start));
  };
  const lines = part.isText ? new LineEnds() : undefined;
  const finish = (octets: Uint8Array): Uint8Array => clip(lines === undefined ? octets : lines.write(octets));
  for await (const piece of readSpan(reader, part.span)) {
    yield finish(decoder.write(piece));
    if (at >= to) return;
  }
  yield finish(decoder.end());
}

/** How many octets `readDecoded` will give, and whether there is a NUL among them. Decodes unless nothing is encoded. */
export async function measureDecoded(
  reader: MessageReader,
  part: EncodedPart,
  partial: Partial | undefined,
  pause: () => Promise<void> | undefined,
): Promise<{ readonly bytes: number; readonly hasNul: boolean }> {
  let bytes = 0;
  let hasNul = false;
  for await (const octets of readDecoded(reader, part, partial)) {
    bytes += octets.length;
    hasNul ||= octets.includes(0);
    const pausing = pause();
    if (pausing !== undefined) await pausing;
  }
  return { bytes, hasNul };
}

/** For BINARY.SIZE. */
export async function decodedBytes(
  reader: MessageReader,
  part: EncodedPart,
  pause: () => Promise<void> | undefined,
): Promise<number> {
  if (!part.isText && /^(7bit|8bit|binary)$/.test(part.encoding)) return spanBytes(part.span);
  return (await measureDecoded(reader, part, undefined, pause)).bytes;
}
