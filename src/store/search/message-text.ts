import { extractText } from '../../mime/extract-text.ts';
import { foldForSearch } from '../../mime/fold-for-search.ts';
import { parsePartMap, type MappedPart } from '../../mime/part-map.ts';
import type { BlobStore } from '../blob-store.ts';
import { unpackBlob } from '../open-message.ts';
import { blobEncoding } from '../prepare-message.ts';
import type { SqlRow } from '../sql/statement.ts';
import type { FoldedText } from './folded-text.ts';
import { findLiterally } from './find-literally.ts';
import type { TextNeedle } from './text-needle.ts';

/** The columns `readFoldedText` wants, of email `m` and blob `b`. */
export const messageTextColumns = 'm.prefix, m.part_map, b.encoding, b.octets, b.hash, b.size_bytes';
/** The place of the size in octets among them. */
export const sizeColumn = 5;

/** A message's octets and parts, from those columns (in this order). */
interface OpenText {
  readonly prefix: string;
  readonly parts: MappedPart;
  /** Undefined when they are in the blob store. */
  readonly original: Uint8Array | undefined;
  readonly blobKey: string;
}

function openText(row: SqlRow): OpenText {
  const [prefix, partMap, encoding, octets, hash, sizeBytes] = row;
  const parts = parsePartMap(String(partMap));
  if (!parts.ok) throw new Error(`a stored part map is damaged (at ${parts.error.at}); run posthorn repair`);
  const inRow = octets instanceof Uint8Array ? octets : new Uint8Array();
  const elsewhere = Number(encoding) === blobEncoding.blobStore;
  return {
    prefix: String(prefix),
    parts: parts.value,
    original: elsewhere ? undefined : unpackBlob(Number(encoding), inRow, Number(sizeBytes)),
    blobKey: hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : '',
  };
}

/** The searchable text of a message. Decodes all its text parts. */
export function readFoldedText(row: SqlRow, blobs: BlobStore): Promise<FoldedText> {
  return foldText(openText(row), blobs);
}

/** Does the message match? Only decoded when looking at the octets does not tell. */
export async function matchMessage(row: SqlRow, needle: TextNeedle, blobs: BlobStore): Promise<boolean> {
  const text = openText(row);
  if (needle.inBody && text.original !== undefined && findLiterally(needle.needle, text.parts, text.original))
    return true;
  return needle.matches(await foldText(text, blobs));
}

async function foldText({ prefix, parts, original, blobKey }: OpenText, blobs: BlobStore): Promise<FoldedText> {
  const text = await extractText(
    (start, end) => original?.subarray(start, end) ?? blobs.read(blobKey, start, end),
    parts,
  );
  // Server fields go in front as they are: they are ASCII and not encoded.
  return {
    header: foldForSearch(`${prefix}\n${text.headers}`),
    body: foldForSearch(text.body),
    truncated: text.truncated,
  };
}
