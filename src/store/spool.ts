/** An incoming message that is complete but not yet stored. */
export type Spooled =
  /** `owned`: nobody else looks at the octets, so `append` may hand them to another thread; they are gone afterwards. */
  | { readonly kind: 'octets'; readonly octets: Uint8Array; readonly owned?: boolean }
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number };

/** What is known of a message before it comes. */
export interface SpoolLimits {
  readonly maxBytes: number;
  /** How many octets the sender announced, so that they get one buffer of that size. Need not be true. */
  readonly expectedBytes?: number | undefined;
}

/** Where an incoming message collects: memory while small, then a file in the data directory. */
export interface Spool {
  readonly sizeBytes: number;
  /** The first octets, for decisions that need the header: all of a small message, about 256 KiB of a large one. Not after `append`. */
  head(): Uint8Array;
  /**
   * Keeps a copy of the octets. Await the promise, if there is one, before writing more.
   * `too-large` once the limit is passed (what comes after is thrown away).
   * @throws StorageFull when the disk is full.
   */
  write(octets: Uint8Array): 'kept' | 'too-large' | Promise<'kept' | 'too-large'>;
  finish(): Promise<Spooled>;
  /** Throws away what was collected, also after `finish` when it was not given to `append`. */
  discard(): Promise<void>;
}
