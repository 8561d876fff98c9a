/** The queue with its couriers. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Account, Directory } from '../../directory/directory.ts';
import type { Courier } from '../../queue/courier.ts';
import { Queue } from '../../queue/queue.ts';
import { createLocalCourier } from '../../receive/local-courier.ts';
import type { Store } from '../../store/store.ts';
import type { LoadedConfig } from '../config/config-file.ts';
import { queueSettingsOf } from './queue-settings-of.ts';

export interface QueueParts {
  readonly loaded: LoadedConfig;
  readonly store: Store;
  readonly directory: Directory;
  /** Undefined: nothing leaves. Then every domain is ours, and what has no account goes to `capture` (localserve). */
  readonly relay: Courier | undefined;
  readonly capture: (() => Account | undefined) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Not started yet. */
export function openQueue({ loaded, store, directory, relay, capture, clock, log }: QueueParts): Queue {
  const settings = queueSettingsOf(loaded);
  const { hostname } = settings;
  const local = createLocalCourier({ store, directory, clock, log, hostname, ...(capture && { capture }) });
  return new Queue({
    store: store.outgoing,
    settings,
    local,
    remote: relay ?? local,
    isLocal: (domain) => relay === undefined || directory.isLocalDomain(domain),
    clock,
    log,
  });
}
