/** The thread that decodes messages for the text index, so that heavy ones hold up nobody. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import type { SqlRow } from '../sql/statement.ts';
import { signMessage } from './sign-message.ts';

export interface IndexThreadData {
  /** A folder, or an `s3://` address. */
  readonly blobs: string;
}

/** Rows of email id, then `messageTextColumns`. The answer has the same order. */
export type ToIndexer = readonly SqlRow[];

function start(port: MessagePort, data: IndexThreadData): void {
  const blobs = openBlobStore(data.blobs);
  port.on('message', (rows: ToIndexer) => {
    void Promise.all(rows.map((row) => signMessage(Number(row[0]), row.slice(1), blobs))).then((signed) =>
      port.postMessage(signed),
    );
  });
}

if (parentPort !== null) start(parentPort, workerData as IndexThreadData);
