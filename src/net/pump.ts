import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Conversation, Converse, Framer, Input, Peer, Sink, TlsFacts } from '../base/conversation.ts';
import type { Log } from '../base/log.ts';
import { InputTaker } from './input-taker.ts';
import { OutputBuffer } from './output-buffer.ts';
import { attach, detach } from './socket-events.ts';
import type { SocketOwner } from './socket-events.ts';
import type { Tarpit } from './tarpit.ts';
import type { Ticker, Ticking } from './ticker.ts';
import { inputHighWater, inputsPerTurn, outputHighWater } from './timings.ts';
import type { NetTimings } from './timings.ts';
import { readTlsFacts } from './tls.ts';
import type { TlsIdentity, TlsListenerOptions } from './tls.ts';

/** What all connections of a listener share. */
export interface PumpContext<Event> {
  readonly converse: Converse<Event>;
  readonly tls: (TlsListenerOptions & { readonly identity: TlsIdentity }) | undefined;
  readonly timings: NetTimings;
  readonly ticker: Ticker;
  readonly tarpit: Tarpit;
  readonly log: Log;
  /** The connection is gone and its conversation has ended. */
  readonly gone: (pump: Pump<Event>) => void;
}

/** Who is at the other end; `tls` is filled in by the handshake. */
export interface MutablePeer extends Peer {
  tls: TlsFacts | undefined;
}

/**
 * One connection: takes inputs out of what arrives and feeds them to the conversation, one after the other; sends what it
 * says, at the end of each turn. Stops reading while the conversation is behind, and stops handling input while the peer
 * does not take the output.
 */
export class Pump<Event> implements Sink<Event>, SocketOwner, Ticking {
  readonly peer: MutablePeer;
  readonly #context: PumpContext<Event>;
  #socket: Socket;
  #conversation: Conversation<Event> | undefined;
  readonly #input = new InputTaker();
  readonly #output = new OutputBuffer();

  // What is to be fed besides octets.
  #events: Event[] | undefined;
  #notice: Input<never> | undefined;

  // Where we are.
  #running = false;
  #scheduled = false;
  #accepting = false;
  #blocked = false;
  #paused = false;
  #handshaking = false;
  #tlsWanted = false;
  #closing = false;
  #gone = false;
  #ended = false;
  #peerEnded = false;
  /** Those who will still say something. */
  #holds = 0;
  /** The last turn ended because nothing whole was left to feed. */
  #starved = false;

  // Time, counted by the ticker.
  #quietMs = 0;
  #idleMs: number;
  #dataMs = 0;
  #dataBytes = 0;

  #waiters: (() => void)[] | undefined;
  #delays: Set<() => void> | undefined;

  constructor(context: PumpContext<Event>, socket: Socket, peer: MutablePeer) {
    this.#context = context;
    this.#socket = socket;
    this.peer = peer;
    this.#idleMs = context.timings.idleMs;
    context.ticker.add(this);
  }

  /** Begins: with the handshake when `implicitTls`, otherwise with the greeting. */
  start(implicitTls: boolean): void {
    if (implicitTls) this.#beginTls();
    else {
      attach(this.#socket, this);
      this.#greet();
    }
  }

  /** Feeds `shutdown` when the running input is done. */
  shutdown(): void {
    if (this.#handshaking && this.#conversation === undefined) this.destroy();
    else this.#tell({ kind: 'shutdown' });
  }

  // ── Sink ──

  get closed(): boolean {
    return this.#gone || this.#closing;
  }

  get pendingBytes(): number {
    return this.#socket.writableLength + this.#output.bytes;
  }

  write(data: string | Uint8Array): void {
    if (!this.#closing) this.#output.write(data);
  }

  flush(): void {
    this.#output.flushTo(this.#socket);
  }

  drained(): Promise<void> | undefined {
    this.flush();
    if (this.#gone || this.#socket.writableLength < outputHighWater) return undefined;
    this.#block();
    return new Promise((resolve) => (this.#waiters ??= []).push(resolve));
  }

  expectLines(maxBytes: number): void {
    this.#input.expectLines(maxBytes);
  }

  expectOctets(count: number, passing = false): void {
    this.#input.expectOctets(count, passing);
    this.#dataMs = this.#dataBytes = 0;
  }

  expectFramed(framer: Framer): void {
    this.#input.expectFramed(framer);
    this.#dataMs = this.#dataBytes = 0;
  }

  startTls(): void {
    this.#tlsWanted = true;
  }

  close(): void {
    if (this.#closing || this.#gone) return;
    this.#closing = true;
    this.#quietMs = 0;
    this.#input.clear();
    if (!this.#running && !this.#accepting) this.#finishTurn();
  }

  destroy(): void {
    this.#closing = true;
    this.#socket.destroy();
  }

  post(event: Event): void {
    if (this.closed) return;
    (this.#events ??= []).push(event);
    this.#schedule();
  }

  hold(): () => void {
    this.#holds++;
    return () => {
      this.#holds--;
      if (this.#holds === 0 && this.#peerEnded) this.#schedule();
    };
  }

  idleLimit(ms: number): void {
    this.#idleMs = ms;
  }

  delay(ms: number): Promise<void> {
    const { tarpit } = this.#context;
    if (this.#gone || !tarpit.enter()) return Promise.resolve();
    this.flush();
    return new Promise((resolve) => {
      const delays = (this.#delays ??= new Set());
      const done = () => {
        clearTimeout(timer);
        delays.delete(done);
        tarpit.leave();
        resolve();
      };
      const timer = setTimeout(done, ms);
      delays.add(done);
    });
  }

  // ── what the socket tells ──

  received(chunk: Uint8Array): void {
    if (this.#closing) return;
    this.#dataBytes += chunk.length;
    this.#input.append(chunk);
    this.#run();
    if (!this.#starved && this.#input.bytes >= inputHighWater) this.#pause();
  }

  peerEnded(): void {
    this.#peerEnded = true;
    if (this.#handshaking) this.destroy();
    else this.#run();
  }

  drainedOutput(): void {
    if (this.#blocked) {
      this.#blocked = false;
      this.#socket.setTimeout(0);
    }
    this.#wake();
    this.#run();
  }

  stalled(): void {
    if (this.#blocked) this.destroy();
  }

  secured(): void {
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket)) return;
    this.#handshaking = false;
    this.#quietMs = 0;
    const facts = readTlsFacts(socket);
    this.peer.tls = facts;
    if (this.#conversation === undefined) {
      this.#greet();
    } else {
      this.#tell({ kind: 'tls', tls: facts });
    }
  }

  socketClosed(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#closing = true;
    this.#context.ticker.delete(this);
    this.#input.clear();
    this.#events = undefined;
    this.#wake();
    for (const done of this.#delays ?? []) done();
    if (!this.#accepting) this.#end();
  }

  // ── time ──

  tick(elapsedMs: number): void {
    if (this.#accepting || this.#blocked) {
      this.#quietMs = 0;
      return;
    }
    const { handshakeMs, lingerMs } = this.#context.timings;
    this.#quietMs += elapsedMs;
    if (this.#closing) {
      if (this.#quietMs > lingerMs) this.destroy();
    } else if (this.#handshaking) {
      if (this.#quietMs >= handshakeMs) this.destroy();
    } else if (this.#isTooSlow(elapsedMs)) {
      this.#tell({ kind: 'timeout', why: 'too-slow' });
    } else if (this.#quietMs >= this.#idleMs) {
      this.#quietMs = 0;
      this.#tell({ kind: 'timeout', why: 'idle' });
    }
  }

  /** Only octets that were asked for count; lines have the idle limit, which a piece of a line does not put off. */
  #isTooSlow(elapsedMs: number): boolean {
    if (!this.#input.isData) return false;
    const { minBytesPerSecond, rateGraceMs } = this.#context.timings;
    this.#dataMs += elapsedMs;
    return this.#dataMs > rateGraceMs && this.#dataBytes * 1000 < minBytesPerSecond * this.#dataMs;
  }

  // ── turns ──

  #greet(): void {
    try {
      this.#conversation = this.#context.converse(this.peer, this);
      if (!this.#closing) this.#await(this.#conversation.greet());
    } catch (error) {
      this.#crash(error);
    }
    if (this.#accepting) return;
    this.#finishTurn();
    this.#run();
  }

  #tell(notice: Input<never>): void {
    if (this.closed) return;
    this.#notice = notice;
    this.#run();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running || this.#accepting) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  /** Feeds inputs until there is none, or the conversation or the peer is behind, or others should have their turn. */
  #run(): void {
    if (this.#running || this.#conversation === undefined) return;
    this.#running = true;
    this.#starved = false;
    let left = inputsPerTurn;
    while (this.#mayFeed() && left > 0) {
      const input = this.#nextInput();
      if (input === undefined) {
        this.#starved = true;
        break;
      }
      this.#feed(input);
      left--;
    }
    this.#running = false;
    if (this.#accepting) return;
    this.#finishTurn();
    if (left === 0 && !this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.#run();
      });
    }
  }

  #mayFeed(): boolean {
    if (this.#accepting || this.#closing || this.#handshaking || this.#tlsWanted) return false;
    if (this.#output.bytes > outputHighWater) this.flush();
    if (this.#socket.writableLength <= outputHighWater) return true;
    this.#block();
    return false;
  }

  #nextInput(): Input<Event> | undefined {
    if (this.#notice !== undefined) {
      const notice = this.#notice;
      this.#notice = undefined;
      return notice;
    }
    if (this.#events !== undefined) {
      const event = this.#events.shift();
      if (this.#events.length === 0) this.#events = undefined;
      if (event !== undefined) return { kind: 'event', event };
    }
    const input = this.#input.next();
    if (input !== undefined) this.#quietMs = 0;
    return input;
  }

  #feed(input: Input<Event>): void {
    try {
      this.#await(this.#conversation?.accept(input));
    } catch (error) {
      this.#crash(error);
    }
  }

  #await(answer: void | Promise<void>): void {
    if (answer === undefined) {
      this.#input.release();
      return;
    }
    this.#accepting = true;
    answer.then(
      () => this.#settled(),
      (error: unknown) => {
        this.#crash(error);
        this.#settled();
      },
    );
  }

  #settled(): void {
    this.#accepting = false;
    this.#quietMs = 0;
    this.#input.release();
    if (this.#gone) {
      this.#end();
      return;
    }
    this.#run();
  }

  /** A conversation answers for its own errors; what comes here is a bug, and costs one connection. */
  #crash(error: unknown): void {
    this.#context.log.error('conversation failed', { session: this.peer.id }, error);
    this.destroy();
  }

  #finishTurn(): void {
    if (this.#gone) return;
    this.flush();
    if (this.#closing) {
      if (this.#socket.writableLength > 0) this.#block();
      if (!this.#socket.writableEnded) this.#socket.end();
      this.#resume();
    } else if (this.#tlsWanted) {
      this.#tlsWanted = false;
      this.#upgrade();
    } else if (this.#starved && this.#peerEnded && this.#holds === 0) {
      this.close();
    } else if (this.#starved || (!this.#blocked && this.#input.bytes < inputHighWater)) {
      this.#resume();
    }
  }

  // ── flow ──

  #block(): void {
    if (this.#blocked || this.#gone) return;
    this.#blocked = true;
    this.#socket.setTimeout(this.#context.timings.stallMs);
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = undefined;
    for (const resolve of waiters ?? []) resolve();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    try {
      this.#conversation?.end();
    } catch (error) {
      this.#context.log.error('conversation failed at its end', { session: this.peer.id }, error);
    }
    this.#context.gone(this);
  }

  // ── TLS ──

  /** Everything that came in plain text is thrown away: it must not count as said under TLS. RFC 3207 section 4.2. */
  #upgrade(): void {
    this.#handshaking = true;
    this.#quietMs = 0;
    const socket = this.#socket;
    this.#input.clear();
    socket.pause();
    this.#paused = false;
    // Behind the reply that invites the client to begin.
    socket.write('', () => {
      while (socket.read() !== null) continue;
      detach(socket);
      if (!socket.destroyed) this.#beginTls();
      else this.socketClosed();
    });
  }

  #beginTls(): void {
    const { tls } = this.#context;
    this.#handshaking = true;
    if (tls === undefined) {
      this.#crash(new Error('TLS asked for on a listener without certificates'));
      return;
    }
    try {
      this.#socket = tls.identity.wrap(this.#socket, tls);
    } catch (error) {
      attach(this.#socket, this);
      this.#crash(error);
      return;
    }
    attach(this.#socket, this);
  }
}
