/** The queue with its couriers. */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Account, Directory } from '../../directory/directory.ts';
import type { Courier, LocalCourier } from '../../queue/courier.ts';
import type { QueueSettings, SenderLimits } from '../../queue/queue-settings.ts';
import { Queue } from '../../queue/queue.ts';
import { createLocalCourier } from '../../receive/local-courier.ts';
import type { AccountId } from '../../store/ids.ts';
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
  /** Settings and the name of this server as this configuration has them, for everything that begins from now on. */
  use(loaded: LoadedConfig): void;
}

export function openQueue({ loaded, store, directory, relay, capture, clock, log }: QueueParts): OpenedQueue {
  const settings = settingsOf(loaded, directory);
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
    use(next) {
      current = named(next.config.hostname);
      queue.useSettings(settingsOf(next, directory));
    },
  };
}

/** Those of the configuration, where an account has none of its own. */
function settingsOf(loaded: LoadedConfig, directory: Directory): QueueSettings {
  const general = queueSettingsOf(loaded);
  return {
    ...general,
    limitsOf(id: AccountId): SenderLimits {
      const account = directory.findAccount(id);
      const rules = account && directory.sendingRulesOf(account);
      const { recipientsPerDay, firstTimeRecipientsPerDay } = general.limitsOf(id);
      return {
        recipientsPerDay: rules?.recipientsPerDay ?? recipientsPerDay,
        firstTimeRecipientsPerDay: rules?.newRecipientsPerDay ?? firstTimeRecipientsPerDay,
      };
    },
  };
}
