import { createHash, hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Part } from '../mime/part.ts';
import { MessageScanner, scanMessage } from '../mime/scan-message.ts';
import { summarizeMessage, type MessageSummary } from '../mime/summarize-message.ts';
import { foldForSearch } from '../mime/fold-for-search.ts';
import { hash48 } from './hash48.ts';
import { blobEncoding } from './blob-encoding.ts';
import { packOctets } from './packed-octets.ts';
import type { Spooled } from './spool.ts';
import { RecentMessages } from './recent-messages.ts';
import { packThreadFacts } from './thread-facts.ts';

/** All that `append` writes about a message, made once however many recipients it has. Plain data. */
export interface PreparedMessage {
  readonly hash: Uint8Array;
  readonly hashPrefix: number;
  readonly sizeBytes: number;
  readonly encoding: number;
  /** Null when the octets are in the blob store. */
  readonly octets: Uint8Array | null;
  readonly envelope: string;
  readonly bodyStructure: string;
  readonly partMap: string;
  readonly preview: string;
  readonly sentAtMs: number | null;
  readonly hasAttachment: boolean;
  /** Folded subject, from, to, cc, bcc, one a line, for searches. */
  readonly head: string;
  /** 48-bit hashes: own Message-ID first (0 if none), then what it refers to. */
  readonly ownRef: number;
  readonly refs: readonly number[];
  /** The header fields that clients ask for of every message; null where they are not kept. */
  readonly usualFields: string | null;
  /** What THREAD goes by. */
  readonly threading: Uint8Array;
  readonly subjectHash: number;
  /** The subject looks like a reply or a forward (RFC 5256 section 2.1). */
  readonly isReply: boolean;
}

/** What is submitted to somebody here comes twice: into the queue, and a moment later into the mailbox. */
const lately = new RecentMessages<PreparedMessage>();

const headBytes = 64 * 1024;
/** Characters of the fields that are searched most. */
const maxSearchHead = 16 * 1024;
const chunkBytes = 1024 * 1024;
/** Beyond this packing costs more time than the room it saves: large mail is mostly base64. */
const packUpToBytes = 32 * 1024;

/** A message that is in memory. */
export function prepareOctets(octets: Uint8Array): PreparedMessage {
  const digest = hash('sha256', octets, 'buffer');
  const known = lately.find(digest);
  if (known !== undefined) return known;
  const summary = summarizeMessage(scanMessage(octets), octets.subarray(0, headBytes));
  const packable = octets.length <= packUpToBytes && octets.length > 256;
  const packed = packable ? packOctets(octets) : undefined;
  const encoding = packed === undefined ? blobEncoding.raw : blobEncoding.zstd;
  const prepared = describe(digest, octets.length, encoding, packed ?? octets, summary);
  lately.remember(prepared);
  return prepared;
}

/** A message in a file, read in pieces; its octets stay out of memory. */
export async function prepareFile(spooled: Extract<Spooled, { kind: 'file' }>): Promise<PreparedMessage> {
  const file = await open(spooled.path, 'r');
  try {
    const digest = createHash('sha256');
    const scanner = new MessageScanner();
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let head: Uint8Array | undefined;
    let sizeBytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, sizeBytes);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      head ??= Buffer.from(chunk.subarray(0, headBytes));
      digest.update(chunk);
      scanner.write(chunk);
      sizeBytes += bytesRead;
    }
    const part: Part = scanner.end();
    const summary = summarizeMessage(part, head ?? new Uint8Array());
    return describe(digest.digest(), sizeBytes, blobEncoding.blobStore, null, summary);
  } finally {
    await file.close();
  }
}

function describe(
  digest: Buffer,
  sizeBytes: number,
  encoding: number,
  octets: Uint8Array | null,
  summary: MessageSummary,
): PreparedMessage {
  const ownRef = summary.messageId === undefined ? 0 : hash48(summary.messageId);
  const referred = summary.references.length > 0 ? summary.references : summary.inReplyTo.slice(0, 1);
  return {
    hash: digest,
    hashPrefix: digest.readUIntBE(0, 6),
    sizeBytes,
    encoding,
    octets,
    envelope: summary.envelope,
    bodyStructure: summary.bodyStructure,
    partMap: summary.partMap,
    preview: summary.preview,
    sentAtMs: summary.sentAtMs ?? null,
    hasAttachment: summary.hasAttachment,
    head: searchHead(summary),
    ownRef,
    refs: [...new Set(referred.slice(-20).map(hash48))].filter((ref) => ref !== ownRef),
    usualFields: summary.usualFields ?? null,
    threading: packThreadFacts(summary.threadNames),
    subjectHash: hash48(summary.baseSubject),
    isReply: summary.baseSubject !== '' && summary.isReplyOrForward,
  };
}

/** Empty: too long to be kept beside the message, which is looked at instead. */
function searchHead(summary: MessageSummary): string {
  return summary.searchHead.length > maxSearchHead ? '' : foldForSearch(summary.searchHead);
}
