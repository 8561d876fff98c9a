/** Time limits and sizes of connections, the same for all protocols; each protocol sets its own `idleLimit`. */
export interface NetTimings {
  /** How often limits are looked at; they are kept to within this time. Milliseconds. */
  readonly tickMs: number;
  /** Until a TLS handshake must be done. Milliseconds. */
  readonly handshakeMs: number;
  /** Silence until a conversation sets its own limit. Milliseconds. */
  readonly idleMs: number;
  /** A peer that takes nothing of what waits for it is dropped. Milliseconds. */
  readonly stallMs: number;
  /** After our goodbye, until the peer closes. Milliseconds. */
  readonly lingerMs: number;
  /** Slowest average rate of counted or framed octets, per second, once `rateGraceMs` have passed. 0: none. */
  readonly minBytesPerSecond: number;
  readonly rateGraceMs: number;
}

export const defaultTimings: NetTimings = {
  tickMs: 1000,
  handshakeMs: 60_000,
  idleMs: 300_000,
  stallMs: 120_000,
  lingerMs: 5000,
  minBytesPerSecond: 100,
  rateGraceMs: 60_000,
};

/** Input that waits for the conversation, octets: reading stops above. */
export const inputHighWater = 65_536;
/** Output that waits for the peer, octets: no further input is handled above. */
export const outputHighWater = 262_144;
/** Inputs handled before other connections get their turn. */
export const inputsPerTurn = 500;
