import type { Worker } from 'node:worker_threads';
import type { Committed, Engine } from '../engine.ts';
import { reviveError } from '../revive-error.ts';
import { sqliteDialect } from '../sql/dialect.ts';
import type { Operation } from '../sql/statement.ts';
import {
  spooledMessages,
  type WriteArguments,
  type WriteName,
  type WriteRequest,
  type WriteResponse,
  type WriteResult,
} from '../write-request.ts';
import { unpackResponses, type PackedResponses } from './pack-responses.ts';
import { SqliteConnection } from './sqlite-connection.ts';
import type { StartedWriter } from './start-writer.ts';
import type { ToWriter } from './serve-writes.ts';

type FromWriter =
  | { readonly kind: 'responses'; readonly responses: readonly WriteResponse[] }
  | PackedResponses
  | { readonly kind: 'closed' };

interface Waiting {
  readonly origin: string | undefined;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** SQLite: one writer in a thread of its own, reads here. */
export class SqliteEngine implements Engine {
  readonly dialect = sqliteDialect;
  readonly #worker: Worker;
  readonly #reader: SqliteConnection;
  readonly #waiting = new Map<number, Waiting>();
  #outgoing: WriteRequest[] = [];
  #nextId = 1;
  #listener: (committed: Committed) => void = () => {};
  #closed: Promise<void> | undefined;
  #failure: Error | undefined;

  /** Once the writer has opened the database, and made or migrated its schema. @throws DatabaseTooNew */
  static async open({ worker, databasePath, opened }: StartedWriter): Promise<SqliteEngine> {
    const error = await opened;
    if (error !== undefined) throw reviveError(error);
    const reader = new SqliteConnection(databasePath, { readOnly: true, cacheKiB: 16 * 1024 });
    return new SqliteEngine(worker, reader);
  }

  private constructor(worker: Worker, reader: SqliteConnection) {
    this.#worker = worker;
    this.#reader = reader;
    worker.removeAllListeners('error');
    worker.on('message', (message: FromWriter) => {
      if (message.kind === 'responses') for (const response of message.responses) this.#settle(response);
      if (message.kind === 'packed') for (const response of unpackResponses(message)) this.#settle(response);
    });
    worker.on('error', (error: unknown) => this.#break(error));
  }

  write<Name extends WriteName>(name: Name, args: WriteArguments<Name>, origin?: string): Promise<WriteResult<Name>> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      // The writer answers a request of this name with a result of this name.
      const settle = resolve as (result: unknown) => void;
      this.#waiting.set(id, { origin, resolve: settle, reject });
      if (this.#outgoing.length === 0) queueMicrotask(() => this.#send());
      this.#outgoing.push({ id, name, args });
    });
  }

  read<T>(operation: Operation<T>): Promise<T> {
    try {
      return Promise.resolve(this.#reader.read(operation));
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  onCommit(listener: (committed: Committed) => void): void {
    this.#listener = listener;
  }

  /** No other process writes to this database. */
  follow(): void {}
  unfollow(): void {}
  following(): undefined {}

  takeLease(): Promise<boolean> {
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    this.#closed ??= new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#reader.close();
        resolve();
      });
      this.#send();
      const close: ToWriter = { kind: 'close' };
      this.#worker.postMessage(close);
    });
    return this.#closed;
  }

  /** Everything asked for in one turn goes over in one message. */
  #send(): void {
    if (this.#outgoing.length === 0) return;
    const message: ToWriter = { kind: 'writes', requests: this.#outgoing };
    const transfer = this.#outgoing.flatMap(ownedBuffers);
    this.#outgoing = [];
    this.#worker.postMessage(message, transfer);
  }

  #settle(response: WriteResponse): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (waiting === undefined) return;
    if (!response.ok) {
      waiting.reject(reviveError(response.error));
      return;
    }
    const { deltas, directoryVersion } = response;
    if (deltas.length > 0 || directoryVersion !== undefined) {
      this.#listener({ deltas, origin: waiting.origin, directoryVersion });
    }
    waiting.resolve(response.result);
  }

  /** The writer's thread died: nothing can be promised any more. */
  #break(error: unknown): void {
    this.#failure = new Error('the writer of the database has stopped; restart posthorn', { cause: error });
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure);
    this.#waiting.clear();
  }
}

/** Buffers that hold one spooled message alone change hands; a copy costs more, also of a small one. */
function ownedBuffers(request: WriteRequest): ArrayBuffer[] {
  const messages = spooledMessages(request.name, request.args) ?? [];
  return messages.flatMap(({ message }) => {
    if (message.kind === 'file' || message.owned !== true) return [];
    const { buffer, byteLength } = message.octets;
    return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
  });
}
