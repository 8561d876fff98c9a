import { Worker } from 'node:worker_threads';
import type { ThreadAnswer, ThreadRequest } from './answer-requests.ts';

/** The thread goes when it was not needed for so long. */
const idleMs = 20_000;

interface Waiting<Answer> {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Has requests answered (`answerRequests`) by a thread that is there only while it is needed. */
export class ThreadOnDemand<Request, Answer> {
  readonly #file: URL;
  readonly #data: unknown;
  readonly #waiting = new Map<number, Waiting<Answer>>();
  #thread: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 1;

  /** `file`: what the thread runs; `data`: its `workerData`. */
  constructor(file: URL, data: unknown) {
    this.#file = file;
    this.#data = data;
  }

  /**
   * `given`: memory of the request that the thread takes over; it is gone here.
   * @throws Error when the thread could not answer, or died; the next request starts another
   */
  ask(request: Request, given: readonly ArrayBuffer[] = []): Promise<Answer> {
    clearTimeout(this.#idle);
    const thread = this.#start();
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      thread.postMessage({ id, request } satisfies ThreadRequest<Request>, given);
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#thread?.terminate();
  }

  #start(): Worker {
    if (this.#thread !== undefined) return this.#thread;
    const thread = new Worker(this.#file, { workerData: this.#data });
    thread.unref();
    this.#thread = thread;
    thread.on('message', (answer: ThreadAnswer<Answer>) => this.#settle(answer));
    thread.on('error', (error: unknown) => this.#fail(thread, error));
    thread.on('exit', () => this.#fail(thread, new Error('the thread has stopped')));
    return thread;
  }

  #settle(answer: ThreadAnswer<Answer>): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('failure' in answer) waiting?.reject(new Error(answer.failure));
    else waiting?.resolve(answer.answer);
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
