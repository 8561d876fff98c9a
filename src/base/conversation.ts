/**
 * The seam between `net/` (sockets) and `serve/` (protocols). A conversation never sees a socket: everything that
 * happens to it arrives as an input, one at a time, and everything it says goes into a `Sink`. So there are no locks:
 * the next input is fed only after the promise of the last one has settled.
 */

/** What TLS told of the peer, once it is on. */
export interface TlsFacts {
  readonly version: string;
  readonly cipher: string;
  readonly serverName: string | undefined;
  readonly alpn: string | undefined;
  /** DER of the SubjectPublicKeyInfo of the client's certificate, if it sent one (RFC 5280 section 4.1); empty when the key is unreadable. */
  readonly peerPublicKey: Uint8Array | undefined;
  readonly resumed: boolean;
  /**
   * Octets that only the two ends of this connection know, by type (`tls-exporter`, RFC 9266; `tls-server-end-point`, RFC 5929); undefined for other types.
   * The function is undefined where no binding can be had safely.
   */
  readonly channelBinding: ((type: string) => Uint8Array | undefined) | undefined;
}

/** Who is at the other end. `id` names the session in logs. */
export interface Peer {
  readonly id: string;
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly tls: TlsFacts | undefined;
}

export type Input<Event = never> =
  /** A whole line without its CRLF. `bareLf`: it ended in LF alone. Octets are a view: copy what must outlive the call. */
  | { readonly kind: 'line'; readonly line: Uint8Array; readonly bareLf: boolean }
  /** The line was longer than `maxBytes`; the rest of it was thrown away. */
  | { readonly kind: 'line-too-long' }
  /** A piece of the octets asked for with `expectOctets`; `last` with the one that completes the count. */
  | { readonly kind: 'octets'; readonly octets: Uint8Array; readonly last: boolean }
  /** A piece out of the framer given to `expectFramed` was consumed; `done` when the framer says so. */
  | { readonly kind: 'framed'; readonly done: boolean }
  | { readonly kind: 'tls'; readonly tls: TlsFacts }
  /** The peer was silent for longer than the limit set with `idleLimit`, or sent data slower than the minimum rate. */
  | { readonly kind: 'timeout'; readonly why: 'idle' | 'too-slow' }
  /** The process is about to stop: say goodbye and close. */
  | { readonly kind: 'shutdown' }
  /** Something from inside the server, such as a change in a mailbox (given to `Sink.post` of this connection). */
  | { readonly kind: 'event'; readonly event: Event };

/** Takes octets apart where neither lines nor a count do, such as SMTP DATA. Pure: keeps its own state. */
export interface Framer {
  /** Consumes from `chunk`; what it makes of the octets it keeps or hands to its owner. Returns how many were used. */
  push(chunk: Uint8Array): { readonly consumed: number; readonly done: boolean };
}

/** The way out of a conversation. Nothing is sent before `flush` or the end of the call to `accept`, so replies to pipelined commands share a packet. */
export interface Sink<Event = never> {
  /** Strings are written as Latin-1: one character, one octet. */
  write(data: string | Uint8Array): void;
  /** Resolves when the peer has taken enough of what was written; `undefined` when there is no need to wait. Await it in long answers. */
  drained(): Promise<void> | undefined;
  /** Send what was written so far now. */
  flush(): void;
  /** From the next input on: lines of at most `maxBytes` without CRLF. This is how a conversation starts. */
  expectLines(maxBytes: number): void;
  /**
   * From the next input on: exactly `count` octets, then lines again. `passing`: nobody looks at a piece once its `accept`
   * has settled, so its memory may be given back at once.
   */
  expectOctets(count: number, passing?: boolean): void;
  /** From the next input on: octets go to `framer` until it is done, then lines again. */
  expectFramed(framer: Framer): void;
  /** Turn on TLS after what was written is sent. Octets that arrived already are discarded (no STARTTLS injection, RFC 3207 section 4). */
  startTls(): void;
  /**
   * Compress from here on, both ways: what was written before is sent plainly, every input after the running one comes out
   * of a raw DEFLATE stream (RFC 1951). Limits and rates count what comes out. A stream that is broken costs the connection.
   */
  startCompression(): void;
  /** What was written is the last that is compressed. Input is plain after the end of the peer's stream, or where it stops. */
  stopCompression(): void;
  /**
   * Send what was written, then close. `parting`: the peer said goodbye, so nothing is waited for; without it the peer may
   * finish what it is sending, and hears the last words.
   */
  close(parting?: boolean): void;
  /** Close at once and drop what was not sent. */
  destroy(): void;
  /** Feed an event as an input, from outside of `accept`. Allowed at any time, also while an input is being handled. */
  post(event: Event): void;
  /**
   * Something will be said outside of the turns of inputs: an end of the input does not close the connection until the
   * function that is returned was called.
   */
  hold(): () => void;
  /** Silence allowed, in milliseconds, until an `idle` timeout is fed. Counts only while waiting for the peer. */
  idleLimit(ms: number): void;
  /** A timer of its own for the sake of tarpits and delays; resolves after `ms`, or at once when the connection is gone. */
  delay(ms: number): Promise<void>;
  /** True once the connection is gone; a long answer should stop. */
  readonly closed: boolean;
  /** Octets that wait for the peer. */
  readonly pendingBytes: number;
}

/** One side of one connection. */
export interface Conversation<Event = never> {
  /** Say the greeting. Called once, after TLS on ports with implicit TLS. */
  greet(): void | Promise<void>;
  accept(input: Input<Event>): void | Promise<void>;
  /** The connection is gone, for whatever reason; release what is held. Called once, after any running `accept`. */
  end(): void;
}

/** Makes the conversation of a new connection, or refuses it with a last line. */
export type Converse<Event = never> = (peer: Peer, sink: Sink<Event>) => Conversation<Event>;
