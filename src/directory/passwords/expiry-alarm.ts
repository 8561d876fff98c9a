import type { Clock } from '../../base/clock.ts';
import type { DirectoryView } from '../directory-tables.ts';

/** Timers cannot be set much longer. */
const longestMs = 24 * 3_600_000;

/** Rings when the next app password runs out, so that its sessions end then and not at some later edit. */
export class ExpiryAlarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets it by what is there now; call it after each edit. */
  set(view: DirectoryView): void {
    clearTimeout(this.#timer);
    const next = nextExpiry(view, this.#clock.now());
    if (next === undefined) return;
    const waitMs = Math.min(longestMs, next - this.#clock.now());
    this.#timer = setTimeout(() => {
      if (this.#clock.now() >= next) this.#ring();
      this.set(view);
    }, waitMs).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}

/** Milliseconds since 1970; undefined when none runs out later than now. */
export function nextExpiry(view: DirectoryView, nowMs: number): number | undefined {
  let next: number | undefined;
  for (const { expires } of view.appPasswords.values()) {
    const at = expires === undefined ? Number.NaN : Date.parse(expires);
    if (at > nowMs && (next === undefined || at < next)) next = at;
  }
  return next;
}
