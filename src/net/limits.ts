import { BlockList, isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { classKeys, toPlainAddress } from './address-class.ts';
import type { ClassKey, ClassKeys } from './address-class.ts';

/** Most for class 1, 2 and 3 (see `address-class.ts`). */
export type ClassLimits = readonly [number, number, number];

export interface RateWindow {
  readonly lengthMs: number;
  readonly limits: ClassLimits;
}

/** spec/protocols.md section 0.1. */
export const defaultLimits = {
  connectionsPerMinute: [300, 900, 2700],
  openConnections: [30, 90, 270],
  failedLoginsPerMinute: [10, 30, 90],
  failedLoginsPerDay: [50, 150, 450],
} as const satisfies Record<string, ClassLimits>;

const MINUTE = 60_000;
const DAY = 86_400_000;
/** Per class and window: some megabytes at most, whatever the number of addresses. */
const MAX_KEYS = 50_000;

/**
 * Networks in CIDR notation or single addresses that no limit applies to.
 * @throws TypeError that names the entry which is neither.
 */
export function createExemptions(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const longest = family === 'ipv6' ? 128 : 32;
    const prefix = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (isIP(address) === 0 || rest.length > 0 || prefix < 0 || prefix > longest) {
      throw new TypeError(`not a network: ${network}`);
    }
    list.addSubnet(address, prefix, family);
  }
  return list;
}

/** Is a plain address (see `toPlainAddress`) in one of the networks of `createExemptions`? */
export function isExempt(exempt: BlockList | undefined, address: string): boolean {
  return exempt !== undefined && exempt.check(address, address.includes(':') ? 'ipv6' : 'ipv4');
}

/** Which limits an address is held to: those of its networks too, or its own (class 1) alone. */
type Classes = 'all' | 'own';

/**
 * Counts per address class in fixed windows of time. An addition counts in all classes of all windows, or in none when one
 * of them would go over its limit. A window that has passed is dropped as a whole. When a table is full, further keys of
 * that class are not counted one by one: then the wider classes hold.
 */
export class RateLimiter {
  readonly #windows: readonly WindowCounts[];
  #exempt: BlockList | undefined;
  readonly #clock: Clock;

  constructor(windows: readonly RateWindow[], exempt?: BlockList, clock: Clock = systemClock, maxKeys = MAX_KEYS) {
    this.#windows = windows.map((window) => new WindowCounts(window, maxKeys));
    this.#exempt = exempt;
    this.#clock = clock;
  }

  /** Other limits from now on, one for each window in turn; what was counted stays. */
  useLimits(limits: readonly ClassLimits[], exempt: BlockList | undefined): void {
    this.#exempt = exempt;
    for (const [place, window] of this.#windows.entries()) {
      const its = limits[place];
      if (its !== undefined) window.useLimits(its);
    }
  }

  /** Would `add` succeed? */
  mayAdd(address: string, n = 1, classes: Classes = 'all'): boolean {
    const plain = toPlainAddress(address);
    if (isExempt(this.#exempt, plain)) return true;
    return this.#mayAdd(classKeys(plain), n, classes);
  }

  /** Counts, unless that goes over a limit: then false, and nothing is counted. */
  add(address: string, n = 1, classes: Classes = 'all'): boolean {
    const plain = toPlainAddress(address);
    if (isExempt(this.#exempt, plain)) return true;
    const keys = classKeys(plain);
    if (!this.#mayAdd(keys, n, classes)) return false;
    for (const window of this.#windows) window.add(keys, n);
    return true;
  }

  /** Takes what this address added out of all classes: its good behaviour does not clear its network. */
  reset(address: string): void {
    const keys = classKeys(address);
    const now = this.#clock.now();
    for (const window of this.#windows) {
      window.moveTo(now);
      window.add(keys, -window.count(keys));
    }
  }

  /** Takes one addition of this address back; what it added before stays. */
  takeBack(address: string): void {
    const keys = classKeys(address);
    const now = this.#clock.now();
    for (const window of this.#windows) {
      window.moveTo(now);
      if (window.count(keys) > 0) window.add(keys, -1);
    }
  }

  #mayAdd(keys: ClassKeys, n: number, classes: Classes): boolean {
    const now = this.#clock.now();
    for (const window of this.#windows) {
      window.moveTo(now);
      if (!window.hasRoom(keys, n, classes)) return false;
    }
    return true;
  }
}

class WindowCounts {
  #window: RateWindow;
  readonly #tables: readonly [ClassTable, ClassTable, ClassTable];
  #number = -1;

  constructor(window: RateWindow, maxKeys: number) {
    this.#window = window;
    this.#tables = [new ClassTable(maxKeys), new ClassTable(maxKeys), new ClassTable(maxKeys)];
  }

  useLimits(limits: ClassLimits): void {
    this.#window = { ...this.#window, limits };
  }

  moveTo(now: number): void {
    const number = Math.floor(now / this.#window.lengthMs);
    if (number === this.#number) return;
    this.#number = number;
    for (const table of this.#tables) table.clear();
  }

  hasRoom(keys: ClassKeys, n: number, classes: Classes = 'all'): boolean {
    const { limits } = this.#window;
    const [one, two, three] = this.#tables;
    if (classes === 'own') return one.get(keys[0]) + n <= limits[0];
    return (
      one.get(keys[0]) + n <= limits[0] && two.get(keys[1]) + n <= limits[1] && three.get(keys[2]) + n <= limits[2]
    );
  }

  /** Of class 1. */
  count(keys: ClassKeys): number {
    return this.#tables[0].get(keys[0]);
  }

  add(keys: ClassKeys, n: number): void {
    const [one, two, three] = this.#tables;
    one.add(keys[0], n);
    two.add(keys[1], n);
    three.add(keys[2], n);
  }
}

/** Counters by key, of bounded number. */
class ClassTable {
  readonly #counts = new Map<ClassKey, number>();
  readonly #maxKeys: number;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  get(key: ClassKey): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: ClassKey, n: number): void {
    const old = this.#counts.get(key);
    if (old === undefined && this.#counts.size >= this.#maxKeys) return;
    const sum = (old ?? 0) + n;
    if (sum > 0) this.#counts.set(key, sum);
    else this.#counts.delete(key);
  }

  clear(): void {
    this.#counts.clear();
  }
}

/** May this address connect? Asked before anything is read or any handshake begins. */
export interface ConnectionLimits {
  /** Counts the connection; with false it must be refused, and `release` must not be called. */
  admit(address: string): boolean;
  /** A connection that was admitted is gone. */
  release(address: string): void;
}

export interface ConnectionLimitOptions {
  readonly perMinute?: ClassLimits;
  readonly open?: ClassLimits;
  readonly exempt?: BlockList;
  readonly clock?: Clock;
}

/** Rate of new connections and number of open ones, per address class. One object for all listeners that share limits. */
export function createConnectionLimits(options: ConnectionLimitOptions = {}): ConnectionLimits {
  const { exempt, perMinute = defaultLimits.connectionsPerMinute, open = defaultLimits.openConnections } = options;
  const rate = new RateLimiter([{ lengthMs: MINUTE, limits: perMinute }], exempt, options.clock);
  // Never more keys than open connections, so that this table needs no bound of its own.
  const opened = new WindowCounts({ lengthMs: Number.POSITIVE_INFINITY, limits: open }, Number.POSITIVE_INFINITY);
  return {
    admit(address) {
      const plain = toPlainAddress(address);
      if (isExempt(exempt, plain)) return true;
      const keys = classKeys(plain);
      if (!opened.hasRoom(keys, 1) || !rate.add(plain)) return false;
      opened.add(keys, 1);
      return true;
    },
    release(address) {
      const plain = toPlainAddress(address);
      if (!isExempt(exempt, plain)) opened.add(classKeys(plain), -1);
    },
  };
}

/**
 * Failed logins per address class, shared by all faces. To bound parallel guessing as well, count an attempt as failed
 * before the password is checked and `reset` when it was right.
 */
export interface FailureLimiter {
  /** One more failure would be too many: refuse before looking at credentials. `known`: only its own failures count. */
  blocked(address: string, known?: boolean): boolean;
  /** Counts an attempt; false when it must not be made. */
  attempt(address: string, known?: boolean): boolean;
  /** A login succeeded. */
  reset(address: string): void;
  /** An attempt that was counted was nobody's failure. */
  takeBack(address: string): void;
  /** So many failures of today are known from before a restart; counted as far as they fit. */
  restore(address: string, failures: number): void;
  /** Other limits from now on; what was counted stays. */
  useLimits(options: Pick<FailureLimitOptions, 'perMinute' | 'perDay' | 'exempt'>): void;
}

export interface FailureLimitOptions {
  readonly perMinute?: ClassLimits;
  readonly perDay?: ClassLimits;
  readonly exempt?: BlockList;
  readonly clock?: Clock;
}

/** The limiter of failed logins; make one for the whole process. */
export function createFailureLimiter(options: FailureLimitOptions = {}): FailureLimiter {
  const limiterOf = (lengthMs: number, limits: ClassLimits) =>
    new RateLimiter([{ lengthMs, limits }], options.exempt, options.clock);
  const minute = limiterOf(MINUTE, options.perMinute ?? defaultLimits.failedLoginsPerMinute);
  const day = limiterOf(DAY, options.perDay ?? defaultLimits.failedLoginsPerDay);
  const fits = (address: string, known: boolean) => {
    const classes = known ? 'own' : 'all';
    return minute.mayAdd(address, 1, classes) && day.mayAdd(address, 1, classes);
  };
  return {
    blocked: (address, known = false) => !fits(address, known),
    attempt(address, known = false) {
      if (!fits(address, known)) return false;
      return minute.add(address, 1, 'own') && day.add(address, 1, 'own');
    },
    reset(address) {
      minute.reset(address);
      day.reset(address);
    },
    takeBack(address) {
      minute.takeBack(address);
      day.takeBack(address);
    },
    restore(address, failures) {
      for (let left = failures; left > 0 && day.add(address, 1, 'own'); left--);
    },
    useLimits(next) {
      minute.useLimits([next.perMinute ?? defaultLimits.failedLoginsPerMinute], next.exempt);
      day.useLimits([next.perDay ?? defaultLimits.failedLoginsPerDay], next.exempt);
    },
  };
}
