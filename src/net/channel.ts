import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { TlsFacts } from '../base/conversation.ts';
import { InputInflater, type InflaterOwner } from './input-inflater.ts';
import { OutputBuffer } from './output-buffer.ts';
import { OutputDeflater } from './output-deflater.ts';
import { attach, detach } from './socket-events.ts';
import type { SocketOwner } from './socket-events.ts';
import { outputHighWater } from './timings.ts';
import { readTlsFacts } from './tls.ts';
import type { TlsIdentity, TlsListenerOptions } from './tls.ts';

/** What is needed for TLS on a connection that was accepted. */
export type ChannelTls = TlsListenerOptions & { readonly identity: TlsIdentity };

/** Silence until the system asks whether the peer is still there. */
const KEEP_ALIVE_MS = 120_000;

/** Who is told what happens; octets come as the peer meant them, decrypted and inflated. */
export interface ChannelOwner {
  received(octets: Uint8Array): void;
  /** Nothing new came, but `inputEnded` may have changed. */
  looked(): void;
  drainedOutput(): void;
  secured(tls: TlsFacts): void;
  socketGone(): void;
  /** The peer broke what was agreed, in a way that a program does and no network: worth a line in the log. */
  failed(error: Error): void;
}

/**
 * One socket with what lies on it: TLS, and compression inside of it (RFC 4978 section 3). Output is collected until `flush`;
 * input stops flowing while it is paused.
 */
export class Channel implements SocketOwner, InflaterOwner {
  #socket: Socket;
  readonly #owner: ChannelOwner;
  readonly #tls: ChannelTls | undefined;
  readonly #stallMs: number;
  readonly #output = new OutputBuffer();
  #deflater: OutputDeflater | undefined;
  #inflater: InputInflater | undefined;
  #paused = false;
  #peerEnded = false;
  /** The peer does not take the output. */
  blocked = false;
  /** A TLS handshake is on its way. */
  handshaking = false;

  constructor(socket: Socket, owner: ChannelOwner, tls: ChannelTls | undefined, stallMs: number) {
    this.#socket = socket;
    this.#owner = owner;
    this.#tls = tls;
    this.#stallMs = stallMs;
  }

  /** Octets flow from here on; with `implicitTls` after the handshake. */
  open(implicitTls: boolean): void {
    if (implicitTls) this.#beginTls();
    else attach(this.#socket, this);
  }

  // ── output ──

  write(data: string | Uint8Array): void {
    this.#output.write(data);
  }

  flush(): void {
    if (this.#deflater === undefined) this.#output.flushTo(this.#socket);
    else if (this.#output.bytes > 0) this.#send(this.#deflater.deflate(this.#output.take()));
  }

  /** Octets that were written and wait, here or in the socket. */
  get pendingBytes(): number {
    return this.#socket.writableLength + this.#output.bytes;
  }

  /** Octets that wait in the socket. */
  get waitingBytes(): number {
    return this.#socket.writableLength;
  }

  /** True when so much waits that nothing more should be said; `drainedOutput` is told when that has changed. */
  get full(): boolean {
    if (this.#output.bytes > outputHighWater) this.flush();
    if (this.#socket.writableLength <= outputHighWater) return false;
    this.block();
    return true;
  }

  /** From now on the peer has `stallMs` to take something. */
  block(): void {
    if (this.blocked || this.#socket.destroyed) return;
    this.blocked = true;
    this.#socket.setTimeout(this.#stallMs);
  }

  /** Sends what was written, then says that nothing more will come. */
  end(): void {
    this.#endCompressedOutput();
    this.#inflater?.destroy();
    this.flush();
    if (this.#socket.writableLength > 0) this.block();
    if (!this.#socket.writableEnded) this.#socket.end();
    this.resume();
  }

  /** Ends without waiting for the peer to do so: it said that it has nothing more to say. */
  part(): void {
    this.flush();
    // An alert of TLS, and what compression holds back, want to be sent in order.
    const isPlain = !(this.#socket instanceof TLSSocket) && this.#deflater === undefined;
    if (isPlain && this.#socket.writableLength === 0) this.destroy();
    else this.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Finds out when the peer has vanished without a word. Four system calls, so only for connections that last. */
  keepAlive(): void {
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS);
  }

  // ── input ──

  /** The peer will send no more, and what it sent was handed over. */
  get inputEnded(): boolean {
    const inflater = this.#inflater;
    return inflater?.ended === true || (this.#peerEnded && inflater?.busy !== true);
  }

  pause(): void {
    this.#inflater?.pause();
    this.#pauseSocket();
  }

  resume(): void {
    const inflater = this.#inflater;
    inflater?.resume();
    if (!this.#paused || inflater?.full === true) return;
    this.#paused = false;
    this.#socket.resume();
  }

  #pauseSocket(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  // ── compression ──

  /** Sends what was written plainly, and compresses from here on. `early`: what the peer sent already, in compressed form. */
  startCompression(early: readonly Uint8Array[]): void {
    this.flush();
    this.#deflater = new OutputDeflater();
    this.#inflater = new InputInflater(this);
    for (const octets of early) this.#inflater.push(octets);
  }

  /** What was written is the last that is compressed. RFC 8437 section 4.1. */
  stopCompression(): void {
    this.#endCompressedOutput();
    this.#inflater?.stop();
  }

  #endCompressedOutput(): void {
    const deflater = this.#deflater;
    this.#deflater = undefined;
    if (deflater !== undefined) this.#send(deflater.finish(this.#output.take()));
  }

  #send(octets: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(octets);
  }

  // ── what the inflater tells ──

  inflated(octets: Uint8Array): void {
    this.#owner.received(octets);
  }

  inflaterIdle(): void {
    this.#owner.looked();
  }

  inflaterFailed(error: Error): void {
    this.#owner.failed(error);
  }

  plainAgain(octets: readonly Uint8Array[]): void {
    this.#inflater = undefined;
    for (const chunk of octets) this.#owner.received(chunk);
    this.#owner.looked();
  }

  // ── what the socket tells ──

  received(chunk: Uint8Array): void {
    const inflater = this.#inflater;
    if (inflater === undefined) {
      this.#owner.received(chunk);
      return;
    }
    inflater.push(chunk);
    if (inflater.full) this.#pauseSocket();
  }

  peerEnded(): void {
    this.#peerEnded = true;
    if (this.handshaking) this.destroy();
    else this.#owner.looked();
  }

  drainedOutput(): void {
    if (this.blocked) {
      this.blocked = false;
      this.#socket.setTimeout(0);
    }
    this.#owner.drainedOutput();
  }

  stalled(): void {
    if (this.blocked) this.destroy();
  }

  secured(): void {
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket)) return;
    this.handshaking = false;
    this.#owner.secured(readTlsFacts(socket));
  }

  socketClosed(): void {
    this.#inflater?.destroy();
    this.#owner.socketGone();
  }

  // ── TLS ──

  /** A handshake after what was written. What came in plain text is thrown away: it must not count as said under TLS. RFC 3207 section 4.2. */
  startTls(): void {
    this.handshaking = true;
    const socket = this.#socket;
    this.#inflater?.destroy();
    this.#inflater = undefined;
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
    const tls = this.#tls;
    this.handshaking = true;
    try {
      if (tls === undefined) throw new Error('TLS asked for on a listener without certificates');
      this.#socket = tls.identity.wrap(this.#socket, tls);
      attach(this.#socket, this);
    } catch (error) {
      attach(this.#socket, this);
      this.#owner.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
