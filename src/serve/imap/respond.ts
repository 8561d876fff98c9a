import type { Sink } from '../../base/conversation.ts';

/** A command that has read all its input; what is left is the store's work, and the next command may begin. */
export interface Later {
  readonly outcome: Promise<Done>;
  /** Octets that it holds until then. */
  readonly bytes: number;
}

/** What a command returns when it succeeded: what stands after the tagged OK. */
export interface Done {
  /** The rest of this comes later; only for commands that are marked `overlaps`. */
  readonly later?: Later;
  /** Response code without brackets, such as `COPYUID 1 2 3`. */
  readonly code?: string;
  /** Default: `<NAME> completed`. */
  readonly text?: string;
  /** Done once the tagged OK was written: STARTTLS, LOGOUT. */
  readonly after?: () => void;
}

/** How a command ended, for the conversation: what to do after the answer, and whether it counts as an error. */
export type Ending =
  | { readonly kind: 'done'; readonly after: (() => void) | undefined }
  /** `started`: its answer comes later, out of `Unanswered`. */
  | { readonly kind: 'no' | 'bad' | 'ended' | 'started' };

/** Octets that may wait in the sink before `Reply.pause` waits for the client. */
const highWater = 256 * 1024;
/** How long a command may run before other connections get a turn, milliseconds. */
const turnMs = 5;

/**
 * How a command talks while it runs. All text is Latin-1: one character, one octet (`encodeUtf8`, `printMailbox` and
 * `printString` of wire/imap make it). Nothing is checked here: CR, LF and quoting are the printers' business.
 */
export class Reply {
  private readonly sink: Sink<never>;
  private turnStartedAt = performance.now();

  constructor(sink: Sink<never>) {
    this.sink = sink;
  }

  /** An untagged response: `* <text>` CRLF. RFC 9051 section 2.2.2. */
  untagged(text: string): void {
    this.sink.write(`* ${text}\r\n`);
  }

  /** Part of a response as it is, for answers made in pieces. */
  write(data: string | Uint8Array): void {
    this.sink.write(data);
  }

  /**
   * Await this between the pieces of a long answer, as often as you like: `undefined` (cheap) when there is nothing to
   * wait for; otherwise the client is slow to read, or others should have a turn on the event loop.
   */
  pause(): Promise<void> | undefined {
    if (this.sink.pendingBytes > highWater) {
      const drained = this.sink.drained();
      if (drained !== undefined) return drained.then(() => this.newTurn());
    }
    if (performance.now() - this.turnStartedAt < turnMs) return undefined;
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.newTurn());
  }

  /** True once the client is gone: a long answer should stop (just return). */
  get gone(): boolean {
    return this.sink.closed;
  }

  private newTurn(): void {
    this.turnStartedAt = performance.now();
  }
}
