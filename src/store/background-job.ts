import type { Delta } from './delta.ts';

/** Work that goes on beside the requests, such as indexing and the sweep. */
export interface BackgroundJob {
  /** Told of commits, so that it knows when there is work. */
  committed(deltas: readonly Delta[]): void;
  /** Finishes the step under way. */
  stop(): Promise<void>;
}
