import { extractText } from '../../mime/extract-text.ts';
import { foldForSearch } from '../../mime/fold-for-search.ts';
import { parsePartMap } from '../../mime/part-map.ts';
import type { BlobStore } from '../blob-store.ts';
import { unpackBlob } from '../open-message.ts';
import { blobEncoding } from '../prepare-message.ts';
import type { SqlRow } from '../sql/statement.ts';

/** What a search compares with: folded header fields (`name: value` lines) and folded text. */
export interface FoldedText {
  readonly header: string;
  readonly body: string;
  /** There is more text than is looked at. */
  readonly truncated: boolean;
}

/** The columns `readFoldedText` wants, of email `m` and blob `b`. */
export const messageTextColumns = 'm.prefix, m.part_map, b.encoding, b.octets, b.hash, b.size_bytes';

/** The searchable text of a message from those columns (in this order). Decodes all its text parts. */
export async function readFoldedText(row: SqlRow, blobs: BlobStore): Promise<FoldedText> {
  const [prefix, partMap, encoding, octets, hash, sizeBytes] = row;
  const inRow = octets instanceof Uint8Array ? octets : new Uint8Array();
  const original = unpackBlob(Number(encoding), inRow, Number(sizeBytes));
  const key = hash instanceof Uint8Array ? Buffer.from(hash).toString('hex') : '';
  const inBlobStore = Number(encoding) === blobEncoding.blobStore;
  const parts = parsePartMap(String(partMap));
  if (!parts.ok) throw new Error(`a stored part map is damaged (at ${parts.error.at}); run posthorn repair`);
  const text = await extractText(
    (start, end) => (inBlobStore ? blobs.read(key, start, end) : original.subarray(start, end)),
    parts.value,
  );
  // Server fields go in front as they are: they are ASCII and not encoded.
  return {
    header: foldForSearch(`${String(prefix)}\n${text.headers}`),
    body: foldForSearch(text.body),
    truncated: text.truncated,
  };
}
