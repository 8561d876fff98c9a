import type { NetTimings } from './timings.ts';

/** Where a connection is, as far as waiting for its peer goes. */
export type WaitingFor = 'nothing' | 'goodbye' | 'handshake' | 'lines' | 'data';

/** How long a peer may take, counted by the ticker rather than by timers. */
export class Patience {
  readonly #timings: NetTimings;
  #quietMs = 0;
  #idleMs: number;
  #dataMs = 0;
  #dataBytes = 0;

  constructor(timings: NetTimings) {
    this.#timings = timings;
    this.#idleMs = timings.idleMs;
  }

  /** Silence allowed between inputs, milliseconds. */
  idleLimit(ms: number): void {
    this.#idleMs = ms;
  }

  /** Something whole came, or another wait begins. */
  restart(): void {
    this.#quietMs = 0;
  }

  /** Octets that were asked for begin: their rate is measured from here on. */
  restartRate(): void {
    this.#dataMs = this.#dataBytes = 0;
  }

  arrived(octets: number): void {
    this.#dataBytes += octets;
  }

  /** What is to be done after this much more of waiting: nothing, drop the connection, or tell the conversation. */
  tick(elapsedMs: number, waitingFor: WaitingFor): 'drop' | 'too-slow' | 'idle' | undefined {
    if (waitingFor === 'nothing') {
      this.#quietMs = 0;
      return undefined;
    }
    this.#quietMs += elapsedMs;
    if (waitingFor === 'goodbye') return this.#quietMs > this.#timings.lingerMs ? 'drop' : undefined;
    if (waitingFor === 'handshake') return this.#quietMs >= this.#timings.handshakeMs ? 'drop' : undefined;
    if (waitingFor === 'data' && this.#isTooSlow(elapsedMs)) return 'too-slow';
    if (this.#quietMs < this.#idleMs) return undefined;
    this.#quietMs = 0;
    return 'idle';
  }

  /** Only octets that were asked for count; lines have the idle limit, which a piece of a line does not put off. */
  #isTooSlow(elapsedMs: number): boolean {
    const { minBytesPerSecond, rateGraceMs } = this.#timings;
    this.#dataMs += elapsedMs;
    return this.#dataMs > rateGraceMs && this.#dataBytes * 1000 < minBytesPerSecond * this.#dataMs;
  }
}
