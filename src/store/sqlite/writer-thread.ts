/** The thread of the writer: requests come in, responses go out after their commit. */
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import { toPlainError, type WriteRequest } from '../write-request.ts';
import { openDatabaseForWriting } from './open-database.ts';
import { packResponses } from './pack-responses.ts';
import { SqliteWriter } from './sqlite-writer.ts';

export interface WriterThreadData {
  readonly databasePath: string;
  /** A folder, or an `s3://` address. */
  readonly blobs: string;
}

export type ToWriter =
  | { readonly kind: 'writes'; readonly requests: readonly WriteRequest[] }
  | { readonly kind: 'close' };

function start(port: MessagePort, data: WriterThreadData): void {
  const connection = openDatabaseForWriting(data.databasePath);
  const writer = new SqliteWriter(connection, openBlobStore(data.blobs), (responses) => {
    port.postMessage(packResponses(responses) ?? { kind: 'responses', responses });
  });
  let closing = false;
  const take = (message: ToWriter): void => {
    if (message.kind === 'close') closing = true;
    else for (const request of message.requests) writer.add(request);
  };
  port.on('message', (message: ToWriter) => {
    take(message);
    // Whatever has arrived meanwhile shares the commit.
    for (let more = receiveMessageOnPort(port); more !== undefined; more = receiveMessageOnPort(port))
      // Only the engine's side writes to this port.
      take(more.message as ToWriter);
    writer.commitWaiting();
    if (closing) finish();
  });
  const finish = (): void => {
    if (writer.busy) {
      setTimeout(finish, 5);
      return;
    }
    try {
      connection.pragmaRow('wal_checkpoint(TRUNCATE)');
    } catch {
      // No room: what is in the log is copied at the next start.
    }
    connection.close();
    port.postMessage({ kind: 'closed' });
    port.close();
  };
  port.postMessage({ kind: 'ready' });
}

if (parentPort !== null) {
  try {
    start(parentPort, workerData as WriterThreadData);
  } catch (error) {
    parentPort.postMessage({ kind: 'broken', error: toPlainError(error) });
  }
}
