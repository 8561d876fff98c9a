import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { openBlobStore } from '../blobs/open-blob-store.ts';
import type { WriteRequest } from '../write-request.ts';
import { packResponses } from './pack-responses.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { SqliteWriter } from './sqlite-writer.ts';

export type ToWriter =
  | { readonly kind: 'writes'; readonly requests: readonly WriteRequest[] }
  | { readonly kind: 'close' };

/** Takes requests from a port, and answers each after its commit. `close` ends it, once all is written. */
export function serveWrites(port: MessagePort, connection: SqliteConnection, blobs: string): void {
  const writer = new SqliteWriter(connection, openBlobStore(blobs), (responses) => {
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
}
