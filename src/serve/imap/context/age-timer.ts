import type { Clock } from '../../../base/clock.ts';

/** Longest wait; then it is looked again. */
const maxWaitMs = 24 * 60 * 60_000;

/**
 * Wakes a session when the next message changes sides of OLDER or YOUNGER in one of its contexts: one timer for all of them. It ends
 * with the selected mailbox.
 */
export class AgeTimer {
  private readonly clock: Clock;
  private readonly wake: () => void;
  private timer: NodeJS.Timeout | undefined = undefined;
  private atSeconds = Infinity;

  constructor(clock: Clock, wake: () => void) {
    this.clock = clock;
    this.wake = wake;
  }

  /** `Infinity`: not at all. */
  set(atSeconds: number): void {
    if (atSeconds === this.atSeconds) return;
    this.stop();
    if (atSeconds === Infinity) return;
    this.atSeconds = atSeconds;
    const waitMs = Math.max(0, atSeconds * 1000 - this.clock.now());
    this.timer = setTimeout(
      () => {
        this.atSeconds = Infinity;
        this.wake();
      },
      Math.min(waitMs, maxWaitMs),
    ).unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.atSeconds = Infinity;
  }
}
