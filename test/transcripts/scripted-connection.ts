import type { Conversation, Converse, Framer, Input, Peer, Sink, TlsFacts } from '../../src/base/conversation.ts';

/** What `net/` would make of a connection, without a socket: octets go in, what the conversation says is collected. */
export class ScriptedConnection<Event> {
  /** Everything said so far, Latin-1. */
  out = '';
  closed = false;
  tlsStarted = false;
  /** What would be compressed is here in plain text. */
  compressed = false;
  idleMs = 0;
  /** Delays that were asked for, all served at once. */
  readonly delays: number[] = [];
  private readonly conversation: Conversation<Event>;
  private readonly chunkBytes: number;
  private maxLine = 1000;
  private counting = 0;
  private framer: Framer | undefined = undefined;
  private waiting = Buffer.alloc(0);
  private events: Event[] = [];
  private busy = false;
  private holds = 0;
  private skippingLine = false;

  /** `chunkBytes`: size of the pieces in which octets arrive. */
  constructor(converse: Converse<Event>, peer: Partial<Peer> = {}, chunkBytes = 65_536) {
    this.chunkBytes = chunkBytes;
    const whole: Peer = {
      id: 'c1',
      remoteAddress: '192.0.2.1',
      remotePort: 40_000,
      localAddress: '192.0.2.2',
      localPort: 143,
      tls: undefined,
      ...peer,
    };
    this.conversation = converse(whole, this.sink());
  }

  private sink(): Sink<Event> {
    // eslint-disable-next-line typescript/no-this-alias -- the sink's getters need it
    const self = this;
    return {
      write: (data) => {
        if (!self.closed) self.out += typeof data === 'string' ? data : Buffer.from(data).toString('latin1');
      },
      drained: () => undefined,
      flush() {},
      expectLines: (maxBytes) => void (self.maxLine = maxBytes),
      expectOctets: (count) => void (self.counting = count),
      expectFramed: (framer) => void (self.framer = framer),
      startTls: () => {
        self.tlsStarted = true;
        self.waiting = Buffer.alloc(0);
      },
      startCompression: () => void (self.compressed = true),
      stopCompression: () => void (self.compressed = false),
      close: () => void (self.closed = true),
      destroy: () => void (self.closed = true),
      post: (event) => void self.events.push(event),
      hold: () => {
        self.holds++;
        return () => void self.holds--;
      },
      idleLimit: (ms) => void (self.idleMs = ms),
      delay: (ms) => {
        self.delays.push(ms);
        return Promise.resolve();
      },
      get closed() {
        return self.closed;
      },
      pendingBytes: 0,
    };
  }

  async greet(): Promise<string> {
    await this.conversation.greet();
    return this.take();
  }

  /** Octets from the client; returns what was said because of them. */
  async send(octets: string | Uint8Array): Promise<string> {
    const more = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : Buffer.from(octets);
    this.waiting = Buffer.concat([this.waiting, more]);
    while (!this.closed && (await this.step()));
    await this.feedEvents();
    while (this.holds > 0 && !this.closed) {
      await new Promise((resolve) => setImmediate(resolve));
      await this.feedEvents();
    }
    return this.take();
  }

  async input(input: Input<Event>): Promise<string> {
    await this.feed(input);
    return this.take();
  }

  async turnOnTls(tls: TlsFacts): Promise<string> {
    this.tlsStarted = false;
    return this.input({ kind: 'tls', tls });
  }

  /** Gives the events that were posted meanwhile. */
  async settle(): Promise<string> {
    await this.feedEvents();
    return this.take();
  }

  end(): void {
    this.closed = true;
    this.conversation.end();
  }

  private take(): string {
    const said = this.out;
    this.out = '';
    return said;
  }

  /** Feeds one input out of what waits; false when more octets are needed. */
  private async step(): Promise<boolean> {
    await this.feedEvents();
    if (this.waiting.length === 0 || this.tlsStarted) return false;
    if (this.framer !== undefined) return this.stepFramed(this.framer);
    if (this.counting > 0) {
      const octets = this.consume(Math.min(this.counting, this.chunkBytes, this.waiting.length));
      this.counting -= octets.length;
      await this.feed({ kind: 'octets', octets, last: this.counting === 0 });
      return true;
    }
    return this.stepLine();
  }

  private async stepFramed(framer: Framer): Promise<boolean> {
    const { consumed, done } = framer.push(this.waiting);
    this.consume(consumed);
    if (done) this.framer = undefined;
    await this.feed({ kind: 'framed', done });
    return done || this.waiting.length > 0;
  }

  private async stepLine(): Promise<boolean> {
    const end = this.waiting.indexOf(10);
    if (end < 0) {
      if (this.waiting.length > this.maxLine) {
        this.consume(this.waiting.length);
        this.skippingLine = true;
      }
      return false;
    }
    const whole = this.consume(end + 1);
    const crlf = whole.length > 1 && whole[whole.length - 2] === 13;
    const line = whole.subarray(0, whole.length - (crlf ? 2 : 1));
    if (this.skippingLine || line.length > this.maxLine) await this.feed({ kind: 'line-too-long' });
    else await this.feed({ kind: 'line', line, bareLf: !crlf });
    this.skippingLine = false;
    return true;
  }

  private consume(count: number): Buffer {
    const octets = Buffer.from(this.waiting.subarray(0, count));
    this.waiting = this.waiting.subarray(count);
    return octets;
  }

  private async feedEvents(): Promise<void> {
    while (!this.closed) {
      const event = this.events.shift();
      if (event === undefined) return;
      await this.feed({ kind: 'event', event });
    }
  }

  private async feed(input: Input<Event>): Promise<void> {
    if (this.busy) throw new Error('fed while the last input was still being handled');
    this.busy = true;
    try {
      await this.conversation.accept(input);
    } finally {
      this.busy = false;
      // A view is only valid during the call.
      if (input.kind === 'octets') input.octets.fill(0x58);
      if (input.kind === 'line') input.line.fill(0x58);
    }
  }
}
