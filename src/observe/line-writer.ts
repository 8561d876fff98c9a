import { write, writeSync } from 'node:fs';

/** Lines that wait for a reader that does not read; beyond that they are dropped and counted. */
const maxWaitingBytes = 8 * 1024 * 1024;
const exitTries = 100;

/**
 * Writes lines to a file descriptor: gathered for a turn of the event loop, one write at a time, never blocking, so
 * that a slow reader of the log does not slow the server. What waits at exit is written then.
 */
export class LineWriter {
  readonly #fd: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #scheduled = false;
  /** The rest of what is being written. */
  #writing: Buffer | undefined;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): void {
    if (this.#waitingBytes + line.length > maxWaitingBytes) {
      this.#dropped++;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#writeSome());
  }

  /** Writes what waits before it returns, as far as the descriptor takes it. Call it at exit only. */
  flushSync(): void {
    // What is being written may arrive twice if the process outlives this; a lost line would be worse.
    let rest = Buffer.concat([this.#writing ?? Buffer.alloc(0), Buffer.from(this.#take())]);
    for (let tries = 0; rest.length > 0 && tries < exitTries; tries++) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch (error) {
        if (!isAgain(error)) return;
        Atomics.wait(pause, 0, 0, 10);
      }
    }
  }

  #take(): string {
    if (this.#dropped > 0) {
      this.#waiting.push(`{"level":"warn","message":"log lines dropped: nobody read them","lines":${this.#dropped}}\n`);
      this.#dropped = 0;
    }
    const text = this.#waiting.join('');
    this.#waiting = [];
    this.#waitingBytes = 0;
    return text;
  }

  #writeSome(): void {
    this.#writing ??= Buffer.from(this.#take());
    if (this.#writing.length === 0) {
      this.#writing = undefined;
      this.#scheduled = false;
      return;
    }
    write(this.#fd, this.#writing, (error, written) => {
      if (isAgain(error)) {
        setTimeout(() => this.#writeSome(), 20);
        return;
      }
      // A closed log is no reason to stop serving mail.
      const rest = error ? undefined : this.#writing?.subarray(written);
      this.#writing = rest && rest.length > 0 ? rest : undefined;
      this.#writeSome();
    });
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));

function isAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
