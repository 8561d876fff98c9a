import type { Conversation, Framer, Input, Sink } from '../../src/base/conversation.ts';
import { InputTaker } from '../../src/net/input-taker.ts';

/** The way out of a conversation without a socket: what is said, and what else is asked for, is noted as lines. */
export class ScriptedSink<Event> implements Sink<Event> {
  readonly #input = new InputTaker();
  #output = '';
  #events: Event[] = [];
  #holds = 0;
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
    while (this.#holds > 0 && !this.closed) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.#feedEvents();
    }
  }

  async feed(input: Input<Event>): Promise<void> {
    if (!this.closed) await this.conversation?.accept(input);
    await this.#feedEvents();
  }

  async #feedEvents(): Promise<void> {
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      if (!this.closed) await this.conversation?.accept({ kind: 'event', event });
    }
  }

  #next(): Input<Event> | undefined {
    return this.closed ? undefined : this.#input.next();
  }

  write(data: string | Uint8Array): void {
    if (!this.closed) this.#output += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
  }
  drained(): undefined {}
  flush(): void {}
  expectLines(maxBytes: number): void {
    this.#input.expectLines(maxBytes);
  }
  expectOctets(count: number, passing = false): void {
    this.#input.expectOctets(count, passing);
  }
  expectFramed(framer: Framer): void {
    this.#input.expectFramed(framer);
  }
  startTls(): void {
    this.#input.clear();
    this.#output += '<starts TLS>\r\n';
  }
  startCompression(): void {
    this.#output += '<compresses from here on>\r\n';
  }
  stopCompression(): void {
    this.#output += '<compresses no more>\r\n';
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
  hold(): () => void {
    this.#holds++;
    return () => void this.#holds--;
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
