import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Task, Told } from './queue-process.ts';

/** `queue-process.ts` under way. */
export class QueueProcess {
  readonly #child: ChildProcess;
  readonly #told: Told[] = [];
  #heard: (() => void) | undefined;
  readonly ended: Promise<void>;

  constructor(task: Task) {
    this.#child = fork(join(import.meta.dirname, 'queue-process.ts'), [JSON.stringify(task)]);
    const killIt = () => this.#child.kill('SIGKILL');
    process.once('exit', killIt);
    this.#child.on('message', (told: Told) => {
      this.#told.push(told);
      this.#heard?.();
    });
    this.ended = new Promise((resolve) =>
      this.#child.once('exit', () => {
        process.off('exit', killIt);
        this.#heard?.();
        resolve();
      }),
    );
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** @throws Error when it ended without saying so */
  async until<What extends Told['what']>(what: What): Promise<Extract<Told, { what: What }>> {
    for (;;) {
      const found = this.#told.find((told): told is Extract<Told, { what: What }> => told.what === what);
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`it ended before "${what}"`);
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  /** Ends it in good order. */
  async stop(): Promise<void> {
    this.#child.send('stop');
    await this.ended;
  }

  /** kill -9 */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
