/**
 * The thread of the writer. It says that the database is open before it loads what writes: a server that starts goes on
 * meanwhile, and the first requests wait in the port.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { toPlainError } from '../write-request.ts';
import { openDatabaseForWriting } from './open-database.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

export interface WriterThreadData {
  readonly databasePath: string;
  /** A folder, or an `s3://` address. */
  readonly blobs: string;
}

function open(port: MessagePort, { databasePath }: WriterThreadData): SqliteConnection | undefined {
  try {
    const connection = openDatabaseForWriting(databasePath);
    port.postMessage({ kind: 'ready' });
    return connection;
  } catch (error) {
    port.postMessage({ kind: 'broken', error: toPlainError(error) });
    return undefined;
  }
}

if (parentPort !== null) {
  const port = parentPort;
  const data = workerData as WriterThreadData;
  const connection = open(port, data);
  if (connection !== undefined) {
    // Failing to load ends the thread with an error, as any fault in it does.
    void import('./serve-writes.ts').then(({ serveWrites }) => serveWrites(port, connection, data.blobs));
  }
}
