import type { BlobStore } from '../blob-store.ts';
import type { Written } from '../delta.ts';
import { prepareInMemory, prepareSpooled } from '../prepare-write.ts';
import { sqliteDialect } from '../sql/dialect.ts';
import type { Operation } from '../sql/statement.ts';
import { answerOfUndone, startOperation } from '../write-outcome.ts';
import { spooledMessages, toPlainError, type WriteRequest, type WriteResponse } from '../write-request.ts';
import { ReservedNumbers } from './mail-numbers.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** Writes that share one transaction and one fsync, at most. */
const maxBatch = 256;
/** Pages in the log after which they are copied into the database, and how many commits pass between looks. */
const checkpointAfterPages = 4000;
const commitsBetweenLooks = 20;

interface Pending {
  readonly request: WriteRequest;
  /** Messages that were made ready before, because they lie in files. */
  readonly prepared?: unknown;
}

/** The one writer of a SQLite database: takes what waits, commits it together, then answers each. */
export class SqliteWriter {
  readonly #connection: SqliteConnection;
  readonly #blobs: BlobStore;
  readonly #respond: (responses: readonly WriteResponse[]) => void;
  readonly #numbers = new ReservedNumbers();
  #waiting: Pending[] = [];
  #preparing = 0;
  #commits = 0;

  constructor(connection: SqliteConnection, blobs: BlobStore, respond: (responses: readonly WriteResponse[]) => void) {
    this.#connection = connection;
    this.#blobs = blobs;
    this.#respond = respond;
  }

  /** Takes a write; it is done by the next `commitWaiting`, or later when its message lies in a file. */
  add(request: WriteRequest): void {
    const messages = spooledMessages(request.name, request.args) ?? [];
    if (!messages.some(({ message }) => message.kind === 'file')) {
      this.#waiting.push({ request });
      return;
    }
    this.#preparing += 1;
    prepareSpooled(messages, this.#blobs)
      .then(
        (prepared) => {
          this.#waiting.push({ request, prepared });
          setImmediate(() => this.commitWaiting());
        },
        (error: unknown) => this.#respond([failed(request, error)]),
      )
      .finally(() => {
        this.#preparing -= 1;
      });
  }

  /** Writes are waiting, or being made ready. */
  get busy(): boolean {
    return this.#waiting.length > 0 || this.#preparing > 0;
  }

  /** Commits everything that waits, in as few transactions as the batch limit allows. */
  commitWaiting(): void {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, maxBatch);
      this.#waiting = this.#waiting.slice(maxBatch);
      this.#respond(this.#commit(batch));
      this.#checkpointWhenLong();
    }
  }

  #commit(batch: readonly Pending[]): readonly WriteResponse[] {
    try {
      this.#connection.exec('BEGIN IMMEDIATE');
      const responses = batch.map((pending) => this.#attempt(pending));
      this.#connection.exec('COMMIT');
      return responses;
    } catch (error) {
      this.#rollBack();
      return batch.length === 1 ? batch.map(({ request }) => failed(request, error)) : this.#oneByOne(batch);
    }
  }

  /** The shared transaction failed as a whole (no room for its log): each alone may still fit. */
  #oneByOne(batch: readonly Pending[]): readonly WriteResponse[] {
    return batch.flatMap((pending) => this.#commit([pending]));
  }

  #attempt({ request, prepared }: Pending): WriteResponse {
    this.#connection.exec('SAVEPOINT write');
    try {
      const written = this.#connection.run(this.#operation(request, prepared));
      this.#connection.exec('RELEASE write');
      return succeeded(request, written);
    } catch (error) {
      if (isRolledBack(error)) throw error;
      this.#connection.exec('ROLLBACK TO write');
      this.#connection.exec('RELEASE write');
      return failed(request, error);
    }
  }

  #operation(request: WriteRequest, prepared: unknown): Operation<Written<unknown>> {
    const context = { dialect: sqliteDialect, nowMs: Date.now(), numbers: this.#numbers };
    return startOperation(request.name, context, preparedArguments(request, prepared));
  }

  #rollBack(): void {
    try {
      this.#connection.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself already.
    }
  }

  #checkpointWhenLong(): void {
    this.#commits += 1;
    if (this.#commits % commitsBetweenLooks !== 0) return;
    try {
      const pages = Number(this.#connection.pragmaRow('wal_checkpoint(NOOP)')[1]);
      if (pages >= checkpointAfterPages) this.#connection.pragmaRow('wal_checkpoint(PASSIVE)');
    } catch {
      // No room for the pages in the database: they are safe in the log, and the next look tries again.
    }
  }
}

function preparedArguments({ name, args }: WriteRequest, prepared: unknown): unknown {
  const messages = spooledMessages(name, args);
  return messages === undefined ? args : Object.assign({}, args, { messages: prepared ?? prepareInMemory(messages) });
}

/** SQLite undid the whole transaction, not just the savepoint: full disk, or an I/O error. */
function isRolledBack(error: unknown): boolean {
  return error instanceof Error && error.name === 'StorageFull';
}

function succeeded({ id }: WriteRequest, { result, deltas, directoryVersion }: Written<unknown>): WriteResponse {
  return { id, ok: true, result, deltas, directoryVersion };
}

function failed(request: WriteRequest, error: unknown): WriteResponse {
  const answer = answerOfUndone(error);
  if (answer !== undefined) return succeeded(request, answer);
  return { id: request.id, ok: false, error: toPlainError(error) };
}
