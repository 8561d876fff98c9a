import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/store.ts';

/** The part of the store that the directory is kept in. */
export type DirectoryStore = Pick<Store, 'readDirectory' | 'editDirectory' | 'watchDirectory'>;

export interface DirectoryOptions {
  readonly store: DirectoryStore;
  readonly log: Log;
  readonly clock: Clock;
  /** Names of this server, as A-labels: `postmaster` is known there. */
  readonly hostnames: readonly string[];
  /** Names that routes may lead to; asked at each edit. Without it they are not looked at. */
  readonly transports?: () => ReadonlySet<string>;
}

/** The directory could not be used as it stands; `message` says why. */
export class DirectoryInvalid extends Error {
  override readonly name = 'DirectoryInvalid';
}
