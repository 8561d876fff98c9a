/** The queue with its couriers. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Account, Directory } from '../../directory/directory.ts';
import type { Courier, LocalCourier } from '../../queue/courier.ts';
import { Queue } from '../../queue/queue.ts';
import { createLocalCourier } from '../../receive/local-courier.ts';
import type { Store } from '../../store/store.ts';
import { createReportSigner } from '../../submit/create-report-signer.ts';
import type { LoadedConfig } from '../config/loaded-config.ts';
import { isOurs } from './is-ours.ts';
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

export interface OpenedQueue {
  /** Not started yet. */
  readonly queue: Queue;
  /**
   * Reads what another configuration names; what it returns puts settings and the name of this server in use, for everything
   * that begins from then on. @throws Refusal
   */
  prepare(loaded: LoadedConfig): () => void;
}

export function openQueue({ loaded, store, directory, relay, capture, clock, log }: QueueParts): OpenedQueue {
  const settings = queueSettingsOf(loaded, directory);
  const named = (hostname: string) => ({
    local: createLocalCourier({ store, directory, clock, log, hostname, ...(capture && { capture }) }),
    signer: createReportSigner({ directory, clock, log, hostname }),
  });
  let current = named(settings.hostname);
  const local: LocalCourier = {
    deliver: (...batch) => current.local.deliver(...batch),
    planCopies: (arriving) => current.local.planCopies?.(arriving) ?? arriving.recipients.map(() => undefined),
  };
  const queue = new Queue({
    store: store.outgoing,
    settings,
    local,
    remote: relay ?? local,
    isLocal: (domain) => relay === undefined || isOurs(directory, domain),
    // localserve sends nothing out.
    signer: relay === undefined ? undefined : { begin: () => current.signer.begin() },
    clock,
    log,
  });
  return {
    queue,
    prepare(next) {
      const changed = queueSettingsOf(next, directory);
      return () => {
        current = named(changed.hostname);
        queue.useSettings(changed);
      };
    },
  };
}
