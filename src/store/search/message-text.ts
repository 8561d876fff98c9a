import { extractText, headerEnd } from '../../mime/extract-text.ts';
import { foldForSearch } from '../../mime/fold-for-search.ts';
import { parsePartMap, type MappedPart } from '../../mime/part-map.ts';
import { PieceFolder } from '../../mime/piece-folder.ts';
import { headFields } from '../../mime/searched-fields.ts';
import type { BlobStore } from '../blob-store.ts';
import { Unpacker } from '../open-message.ts';
import { blobEncoding } from '../blob-encoding.ts';
import { readAhead } from '../read-ahead.ts';
import type { SqlRow } from '../sql/statement.ts';
import type { FoldedSink } from './folded-text.ts';
import { isInField, isInHeader } from './match-header.ts';
import { headerText, isInBody } from './match-in-memory.ts';
import type { TextNeedle } from './text-needle.ts';

/** The columns `openTexts` wants, of email `m` and blob `b`. */
export const messageTextColumns = 'm.prefix, m.part_map, b.encoding, b.octets, b.hash, b.size_bytes, m.head';
/** The place of the size in octets among them. */
export const sizeColumn = 5;

/** A message whose text is to be looked at. */
export interface StoredText {
  /** `messageTextColumns`. */
  readonly row: SqlRow;
  /** Its octets; undefined when they are in the blob store. */
  readonly octets: () => Uint8Array | undefined;
}

/** Messages that were read together: they are unpacked together, which takes half the time. */
export function openTexts(rows: readonly SqlRow[]): readonly StoredText[] {
  const unpacker = new Unpacker();
  return rows.map((row) => {
    const [, , encoding, octets, , sizeBytes] = row;
    if (Number(encoding) === blobEncoding.blobStore) return { row, octets: () => undefined };
    const stored = octets instanceof Uint8Array ? octets : new Uint8Array();
    return { row, octets: unpacker.add(Number(encoding), stored, Number(sizeBytes)) };
  });
}

/** A message's octets and parts. */
interface OpenText {
  readonly prefix: string;
  readonly parts: MappedPart;
  readonly original: Uint8Array | undefined;
  readonly blobKey: string;
  readonly sizeBytes: number;
  /** See `printSearchHead`; folded. '' where it is not kept. */
  readonly head: string;
}

function openText({ row, octets }: StoredText): OpenText {
  const [prefix, partMap, , , hash, , head] = row;
  const parts = parsePartMap(String(partMap));
  if (!parts.ok) throw new Error(`a stored part map is damaged (at ${parts.error.at}); run posthorn repair`);
  return {
    prefix: String(prefix),
    parts: parts.value,
    original: octets(),
    blobKey: hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : '',
    sizeBytes: Number(row[sizeColumn]),
    head: String(head),
  };
}

/** Gives the searchable text of a message to `sink`. Decodes its text parts, until the sink has enough. */
export async function readFoldedText(stored: StoredText, blobs: BlobStore, sink: FoldedSink): Promise<void> {
  await foldText(openText(stored), blobs, sink);
}

/** Does the message match? */
export async function matchMessage(stored: StoredText, needle: TextNeedle, blobs: BlobStore): Promise<boolean> {
  const text = openText(stored);
  const known = matchInMemory(text, needle);
  if (known !== undefined) return known;
  if (needle.query.in === 'header') {
    const { headerStart } = text.parts;
    const octets = await blobs.read(text.blobKey, headerStart, Math.max(headerStart, headerEnd(text.parts)));
    return isInFields(text, Buffer.from(octets).toString('latin1'), needle);
  }
  const search = needle.search();
  await foldText(text, blobs, search);
  return search.isFound;
}

/** The same, where nothing needs to be waited for; undefined elsewhere. */
export function matchNow(stored: StoredText, needle: TextNeedle): boolean | undefined {
  return matchInMemory(openText(stored), needle);
}

function matchInMemory(text: OpenText, needle: TextNeedle): boolean | undefined {
  const { original, parts, prefix, head } = text;
  if (original === undefined) return undefined;
  if (needle.query.in === 'header') return isInFields(text, headerText(parts, original), needle);
  const inBody = isInBody(needle.needle, parts, original);
  if (inBody !== false || needle.query.in === 'body') return inBody;
  if (foldForSearch(unfolded(prefix)).includes(needle.needle)) return true;
  // What the head does not hold, the fields that it has do not.
  const isKnown = head !== '' && !head.includes(needle.needle);
  return isInHeader(headerText(parts, original), needle.needle, (name) => isKnown && headFields.includes(name));
}

function isInFields({ prefix }: OpenText, header: string, { fieldName, needle }: TextNeedle): boolean {
  return isInField(prefix, fieldName, needle) || isInField(header, fieldName, needle);
}

async function foldText(
  { prefix, parts, original, blobKey, sizeBytes }: OpenText,
  blobs: BlobStore,
  sink: FoldedSink,
): Promise<void> {
  const folder = new PieceFolder();
  const ahead = readAhead((start, end) => blobs.read(blobKey, start, end), sizeBytes);
  const isAll = await extractText((start, end) => original?.subarray(start, end) ?? ahead(start, end), parts, {
    // Server fields go in front, each in one line like the others: they are ASCII and not encoded.
    headers: (text) => sink.header(foldForSearch(unfolded(prefix) + text)),
    body(piece) {
      const folded = folder.write(piece);
      return folded === '' || sink.body(folded);
    },
  });
  if (isAll) sink.body(folder.end());
}

/** Header fields, one a line; '' or with a line end behind the last. */
function unfolded(prefix: string): string {
  return prefix.replaceAll(/\r\n(?=[ \t])/g, '').replaceAll('\r', '');
}
