import { Worker } from 'node:worker_threads';
import type { SqlRow } from '../sql/statement.ts';
import type { TextQuery } from '../text-query.ts';
import type { MatchAnswer, MatchRequest } from './match-thread.ts';

/** The thread goes when it was not needed for so long. */
const idleMs = 20_000;

interface Waiting {
  resolve(matches: boolean): void;
  reject(error: Error): void;
}

/** Looks at large messages in a thread of its own, which is there only while it is needed. */
export class LargeMatcher {
  readonly #place: string;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 1;

  /** `place`: where large blobs lie, a folder or an `s3://` address. */
  constructor(place: string) {
    this.#place = place;
  }

  /** Does the message match? @throws Error when its octets cannot be read */
  match(row: SqlRow, query: TextQuery): Promise<boolean> {
    clearTimeout(this.#idle);
    const thread = this.#start();
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      thread.postMessage({ id, row, query } satisfies MatchRequest);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.terminate();
  }

  #start(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(new URL('./match-thread.ts', import.meta.url), { workerData: this.#place });
    thread.unref();
    this.#thread = thread;
    thread.on('message', (answer: MatchAnswer) => this.#settle(answer));
    thread.on('error', (error: unknown) => this.#fail(thread, error));
    thread.on('exit', () => this.#fail(thread, new Error('the search of large messages has stopped')));
    return thread;
  }

  #settle(answer: MatchAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('failure' in answer) waiting?.reject(new Error(answer.failure));
    else waiting?.resolve(answer.matches);
    if (this.#waiting.size > 0) return;
    this.#idle = setTimeout(() => {
      const thread = this.#thread;
      // From here on a new request starts a new thread.
      this.#thread = undefined;
      void thread?.terminate();
    }, idleMs).unref();
  }

  #fail(thread: Worker, error: unknown): void {
    if (this.#thread !== thread) return;
    this.#thread = undefined;
    for (const waiting of this.#waiting.values()) {
      waiting.reject(error instanceof Error ? error : new Error(String(error)));
    }
    this.#waiting.clear();
  }
}
