import type { Conversation, Framer, Input, Sink } from '../../src/base/conversation.ts';
import { InputBuffer } from '../../src/net/input-buffer.ts';

/** The way out of a conversation without a socket: what is said, and what else is asked for, is noted as lines. */
export class ScriptedSink<Event> implements Sink<Event> {
  readonly #input = new InputBuffer();
  #output = '';
  #maxLine = 1024;
  #count = 0;
  #framer: Framer | undefined;
  #events: Event[] = [];
  closed = false;
  conversation: Conversation<Event> | undefined;

  /** What was said since the last call, line by line; other requests in angle brackets. */
  takeLines(): string[] {
    const lines = this.#output.split('\r\n');
    this.#output = '';
    if (lines.at(-1) === '') lines.pop();
    return lines;
  }

  /** Octets from the peer; resolves when all that can be handled was. */
  async receive(octets: Uint8Array): Promise<void> {
    this.#input.append(octets);
    for (let input = this.#next(); input !== undefined; input = this.#next()) await this.feed(input);
  }

  async feed(input: Input<Event>): Promise<void> {
    if (!this.closed) await this.conversation?.accept(input);
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      if (!this.closed) await this.conversation?.accept({ kind: 'event', event });
    }
  }

  #next(): Input<Event> | undefined {
    if (this.closed) return undefined;
    if (this.#framer !== undefined) {
      const chunk = this.#input.peek(65_536);
      if (chunk === undefined) return undefined;
      const { consumed, done } = this.#framer.push(chunk);
      this.#input.consume(consumed);
      if (done) this.#framer = undefined;
      return { kind: 'framed', done };
    }
    if (this.#count > 0) {
      const octets = this.#input.peek(this.#count);
      if (octets === undefined) return undefined;
      this.#count -= octets.length;
      this.#input.consume(octets.length);
      return { kind: 'octets', octets, last: this.#count === 0 };
    }
    const line = this.#input.takeLine(this.#maxLine);
    if (line === undefined) return undefined;
    return line === 'too-long' ? { kind: 'line-too-long' } : { kind: 'line', ...line };
  }

  write(data: string | Uint8Array): void {
    if (!this.closed) this.#output += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
  }
  drained(): undefined {}
  flush(): void {}
  expectLines(maxBytes: number): void {
    this.#maxLine = maxBytes;
  }
  expectOctets(count: number): void {
    this.#count = count;
  }
  expectFramed(framer: Framer): void {
    this.#framer = framer;
  }
  startTls(): void {
    this.#input.clear();
    this.#output += '<starts TLS>\r\n';
  }
  close(): void {
    if (!this.closed) this.#output += '<closes>\r\n';
    this.closed = true;
  }
  destroy(): void {
    this.closed = true;
    this.#output += '<drops the connection>\r\n';
  }
  post(event: Event): void {
    this.#events.push(event);
  }
  idleLimit(): void {}
  delay(ms: number): Promise<void> {
    if (ms > 0) this.#output += `<waits ${ms} ms>\r\n`;
    return Promise.resolve();
  }
  get pendingBytes(): number {
    return this.#output.length;
  }
}
