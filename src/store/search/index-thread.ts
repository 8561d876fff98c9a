/** The thread that decodes messages for the text index, so that heavy ones hold up nobody. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import type { BlobStore } from '../blob-store.ts';
import type { SqlRow } from '../sql/statement.ts';
import { answerRequests } from './answer-requests.ts';
import { openTexts } from './message-text.ts';
import { signMessage } from './sign-message.ts';
import type { SignedMessage } from './signature-block.ts';

export interface IndexThreadData {
  /** A folder, or an `s3://` address. */
  readonly blobs: string;
}

/** Rows of email id, then `messageTextColumns`. The answer has the same order. */
export type ToIndexer = readonly SqlRow[];

/** Large messages that are read at the same time: each may take some megabytes. */
const atOnce = 4;

async function signAll(rows: ToIndexer, blobs: BlobStore): Promise<readonly SignedMessage[]> {
  const signed: SignedMessage[] = [];
  const waiting = openTexts(rows.map((row) => row.slice(1))).entries();
  const signNext = async (): Promise<void> => {
    for (const [at, stored] of waiting) signed[at] = await signMessage(Number(rows[at]?.[0]), stored, blobs);
  };
  await Promise.all(Array.from({ length: atOnce }, signNext));
  return signed;
}

function start(port: MessagePort, data: IndexThreadData): void {
  const blobs = openBlobStore(data.blobs);
  answerRequests(port, (rows: ToIndexer) => signAll(rows, blobs));
}

if (parentPort !== null) start(parentPort, workerData as IndexThreadData);
