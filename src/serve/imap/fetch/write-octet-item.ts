import type { AnyPart } from '../../../mime/find-section.ts';
import type { MessageReader } from '../../../store/message-reader.ts';
import type { ChunkedOutput } from './chunked-output.ts';
import { decodedBytes, locateEncoded, measureDecoded, readDecoded } from './decoded-part.ts';
import type { OctetItem } from './fetch-plan.ts';
import { clipSpan, locateSection, readSpan, spanBytes } from '../../octet-span.ts';

/** Sections up to this size are read at once. */
const onePieceBytes = 64 * 1024;

/** The octets of a literal could not be read to the end: the client cannot make sense of what follows, so close. */
export class BrokenLiteral extends Error {
  override readonly name = 'BrokenLiteral';
}

/**
 * `NAME value` of one item of one message, streamed, behind `lead`. NIL where the message has no such part. @throws UnknownEncoding before
 * anything was written.
 */
export async function writeOctetItem(
  out: ChunkedOutput,
  reader: MessageReader,
  root: AnyPart,
  item: OctetItem,
  lead: string,
): Promise<void> {
  const name = `${lead}${item.name}`;
  if (item.kind === 'section') await writeSection(out, reader, root, item, name);
  else await writeBinary(out, reader, root, item, name);
}

/** Always a literal, which has no place for NUL (RFC 9051 section 4.3.1, and 7.5.2, BODY[…]): `withoutNul`. */
async function writeSection(
  out: ChunkedOutput,
  reader: MessageReader,
  root: AnyPart,
  item: Extract<OctetItem, { kind: 'section' }>,
  name: string,
): Promise<void> {
  const whole = await locateSection(reader, root, item.section);
  if (whole === undefined) {
    out.add(`${name} NIL`);
    return;
  }
  const span = clipSpan(whole, item.partial);
  const bytes = spanBytes(span);
  if (bytes > onePieceBytes) {
    out.add(`${name} {${bytes}}\r\n`);
    await writePieces(out, withoutNuls(readSpan(reader, span)), bytes);
    return;
  }
  const original = span.end > span.start ? await reader.read(span.start, span.end) : undefined;
  out.add(`${name} {${span.head.length + (original?.length ?? 0)}}\r\n`);
  out.addOctets(withoutNul(span.head));
  if (original !== undefined) out.addOctets(withoutNul(original));
}

async function writeBinary(
  out: ChunkedOutput,
  reader: MessageReader,
  root: AnyPart,
  item: Extract<OctetItem, { kind: 'binary' | 'binary.size' }>,
  name: string,
): Promise<void> {
  const part = await locateEncoded(reader, root, item.path);
  const pause = (): Promise<void> | undefined => out.pause();
  if (item.kind === 'binary.size') {
    out.add(`${name} ${part === undefined ? 0 : await decodedBytes(reader, part, pause)}`);
    return;
  }
  if (part === undefined) {
    out.add(`${name} NIL`);
    return;
  }
  // Decoded twice rather than held in memory: the size comes before the octets.
  const { bytes, hasNul } = await measureDecoded(reader, part, item.partial, pause);
  out.add(`${name} ${hasNul ? '~' : ''}{${bytes}}\r\n`);
  await writePieces(out, readDecoded(reader, part, item.partial), bytes);
}

/**
 * 80 in the place of each NUL, as other servers have it: sizes and offsets stay true. Who wants the octets as they are uses
 * BINARY. Other pieces are passed on as they are.
 */
function withoutNul(piece: Uint8Array): Uint8Array {
  let at = piece.indexOf(0);
  if (at < 0) return piece;
  const changed = Uint8Array.from(piece);
  for (; at >= 0; at = changed.indexOf(0, at + 1)) changed[at] = 0x80;
  return changed;
}

async function* withoutNuls(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield withoutNul(piece);
}

/** Writes exactly as many octets as were announced. @throws BrokenLiteral */
async function writePieces(out: ChunkedOutput, pieces: AsyncIterable<Uint8Array>, bytes: number): Promise<void> {
  let written = 0;
  try {
    for await (const piece of pieces) {
      out.addOctets(piece);
      written += piece.length;
      const pausing = out.pause();
      if (pausing !== undefined) await pausing;
      if (out.reply.gone) return;
    }
  } catch (error) {
    throw new BrokenLiteral(`a literal of ${bytes} octets failed`, { cause: error });
  }
  if (written !== bytes) throw new BrokenLiteral(`a literal of ${bytes} octets got ${written}`);
}
