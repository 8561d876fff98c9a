import type { Socket } from 'node:net';
import type { Conversation, Converse, Framer, Input, Peer, Sink, TlsFacts } from '../base/conversation.ts';
import type { Log } from '../base/log.ts';
import { Channel, type ChannelOwner, type ChannelTls } from './channel.ts';
import { Delays } from './delays.ts';
import { InputTaker } from './input-taker.ts';
import { Patience, type WaitingFor } from './patience.ts';
import type { Tarpit } from './tarpit.ts';
import type { Ticker, Ticking } from './ticker.ts';
import { inputHighWater, inputsPerTurn, outputHighWater } from './timings.ts';
import type { NetTimings } from './timings.ts';

/** What all connections of a listener share. */
export interface PumpContext<Event> {
  readonly converse: Converse<Event>;
  readonly tls: ChannelTls | undefined;
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
export class Pump<Event> implements Sink<Event>, ChannelOwner, Ticking {
  readonly peer: MutablePeer;
  readonly #context: PumpContext<Event>;
  readonly #channel: Channel;
  #conversation: Conversation<Event> | undefined;
  readonly #input = new InputTaker();

  // What is to be fed besides octets.
  #events: Event[] | undefined;
  #notice: Input<never> | undefined;

  // Where we are.
  #running = false;
  #scheduled = false;
  #accepting = false;
  #tlsWanted = false;
  #closing = false;
  /** The peer said goodbye. */
  #parting = false;
  /** It was there for a tick. */
  #lasts = false;
  #gone = false;
  #ended = false;
  /** Those who will still say something. */
  #holds = 0;
  /** The last turn ended because nothing whole was left to feed. */
  #starved = false;

  readonly #patience: Patience;
  readonly #delays: Delays;
  #waiters: (() => void)[] | undefined;

  constructor(context: PumpContext<Event>, socket: Socket, peer: MutablePeer) {
    this.#context = context;
    this.#channel = new Channel(socket, this, context.tls, context.timings.stallMs);
    this.peer = peer;
    this.#patience = new Patience(context.timings);
    this.#delays = new Delays(context.tarpit);
    context.ticker.add(this);
  }

  /** Begins: with the handshake when `implicitTls`, otherwise with the greeting. */
  start(implicitTls: boolean): void {
    this.#channel.open(implicitTls);
    if (!implicitTls) this.#greet();
  }

  /** Feeds `shutdown` when the running input is done. */
  shutdown(): void {
    if (this.#channel.handshaking && this.#conversation === undefined) this.destroy();
    else this.#tell({ kind: 'shutdown' });
  }

  // ── Sink ──

  get closed(): boolean {
    return this.#gone || this.#closing;
  }

  get pendingBytes(): number {
    return this.#channel.pendingBytes;
  }

  write(data: string | Uint8Array): void {
    if (!this.#closing) this.#channel.write(data);
  }

  flush(): void {
    this.#channel.flush();
  }

  drained(): Promise<void> | undefined {
    this.flush();
    if (this.#gone || this.#channel.waitingBytes < outputHighWater) return undefined;
    this.#channel.block();
    return new Promise((resolve) => (this.#waiters ??= []).push(resolve));
  }

  expectLines(maxBytes: number): void {
    this.#input.expectLines(maxBytes);
  }

  expectOctets(count: number, passing = false): void {
    this.#input.expectOctets(count, passing);
    this.#patience.restartRate();
  }

  expectFramed(framer: Framer): void {
    this.#input.expectFramed(framer);
    this.#patience.restartRate();
  }

  /** What came behind the command in plain text is thrown away. RFC 9051 section 6.2.1, RFC 3207 section 6. */
  startTls(): void {
    this.#tlsWanted = true;
  }

  startCompression(): void {
    if (!this.closed) this.#channel.startCompression(this.#input.takeAll());
  }

  stopCompression(): void {
    if (!this.closed) this.#channel.stopCompression();
  }

  close(parting = false): void {
    if (this.#closing || this.#gone) return;
    this.#parting = parting;
    this.#closing = true;
    this.#patience.restart();
    this.#input.clear();
    if (!this.#running && !this.#accepting) this.#finishTurn();
  }

  destroy(): void {
    this.#closing = true;
    this.#channel.destroy();
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
      if (this.#holds === 0 && this.#channel.inputEnded) this.#schedule();
    };
  }

  idleLimit(ms: number): void {
    this.#patience.idleLimit(ms);
  }

  delay(ms: number): Promise<void> {
    const ended = this.#gone ? undefined : this.#delays.begin(ms);
    if (ended === undefined) return Promise.resolve();
    this.flush();
    return ended;
  }

  // ── what the channel tells ──

  received(octets: Uint8Array): void {
    if (this.#closing) return;
    this.#patience.arrived(octets.length);
    this.#input.append(octets);
    this.#run();
    if (!this.#starved && this.#input.bytes >= inputHighWater) this.#channel.pause();
  }

  looked(): void {
    this.#run();
  }

  drainedOutput(): void {
    this.#wake();
    this.#run();
  }

  secured(tls: TlsFacts): void {
    this.#patience.restart();
    this.peer.tls = tls;
    if (this.#conversation === undefined) this.#greet();
    else this.#tell({ kind: 'tls', tls });
  }

  failed(error: Error): void {
    this.#context.log.warn('connection failed', { session: this.peer.id, reason: error.message });
    this.destroy();
  }

  socketGone(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#closing = true;
    this.#context.ticker.delete(this);
    this.#input.clear();
    this.#events = undefined;
    this.#wake();
    this.#delays.endAll();
    if (!this.#accepting) this.#end();
  }

  // ── time ──

  tick(elapsedMs: number): void {
    if (!this.#lasts) {
      this.#lasts = true;
      this.#channel.keepAlive();
    }
    const verdict = this.#patience.tick(elapsedMs, this.#waitsFor());
    if (verdict === 'drop') this.destroy();
    else if (verdict !== undefined) this.#tell({ kind: 'timeout', why: verdict });
  }

  #waitsFor(): WaitingFor {
    if (this.#accepting || this.#channel.blocked) return 'nothing';
    if (this.#closing) return 'goodbye';
    if (this.#channel.handshaking) return 'handshake';
    return this.#input.isData ? 'data' : 'lines';
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
    if (this.#accepting || this.#closing || this.#channel.handshaking || this.#tlsWanted) return false;
    return !this.#channel.full;
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
    if (input !== undefined) this.#patience.restart();
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
    this.#patience.restart();
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
    const channel = this.#channel;
    this.flush();
    if (this.#closing) {
      if (this.#parting) channel.part();
      else channel.end();
    } else if (this.#tlsWanted) {
      this.#tlsWanted = false;
      this.#patience.restart();
      this.#input.clear();
      channel.startTls();
    } else if (this.#starved && channel.inputEnded && this.#holds === 0) {
      this.close();
    } else if (this.#starved || (!channel.blocked && this.#input.bytes < inputHighWater)) {
      channel.resume();
    }
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
}
