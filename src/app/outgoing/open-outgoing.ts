import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Resolver } from '../../base/resolver.ts';
import type { Account } from '../../directory/directory.ts';
import type { LiveDirectory } from '../../directory/live-directory.ts';
import { findUnknownTransports } from '../../directory/routes/check-transports.ts';
import type { Queue } from '../../queue/queue.ts';
import type { Store } from '../../store/store.ts';
import { Refusal } from '../refusal.ts';
import { readText } from '../config/loaded-config.ts';
import type { LoadedConfig } from '../config/loaded-config.ts';
import { CurrentRelay } from './current-relay.ts';
import { openQueue } from './open-queue.ts';
import { openRelay } from './open-relay.ts';
import { transportNames } from './queue-settings-of.ts';

export interface OutgoingParts {
  readonly store: Store;
  readonly directory: LiveDirectory;
  readonly resolver: Resolver;
  /** localserve: mail to anyone is filed into this account, and nothing is sent out. */
  readonly captureAccount: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** The queue and the relay of a server. */
export interface OpenedOutgoing {
  readonly queue: Queue;
  /**
   * Reads what another configuration names; what it returns then puts that in use, for everything that begins from now on.
   * @throws Refusal when a file cannot be read, or a transport is gone that a route needs; nothing changed then
   */
  prepare(next: LoadedConfig): () => void;
  /** Ends what is under way; what was not tried is tried after the next start. */
  close(): Promise<void>;
}

/** Opens both; the queue delivers at once. @throws Refusal when a file cannot be read, or a route leads nowhere */
export function openOutgoing(loaded: LoadedConfig, parts: OutgoingParts): OpenedOutgoing {
  const { directory, captureAccount } = parts;
  refuseLostRoutes(loaded, directory);
  const captured = (): Account | undefined => {
    const id = captureAccount === undefined ? undefined : directory.view.accountIds.get(captureAccount);
    return id === undefined ? undefined : directory.findAccount(id);
  };
  let settings = relaySettings(loaded);
  const relay = captureAccount === undefined ? new CurrentRelay(openRelay({ ...parts, ...settings })) : undefined;
  const capture = captureAccount === undefined ? undefined : captured;
  const opened = openQueue({ ...parts, loaded, relay, capture });
  opened.queue.start();
  return {
    queue: opened.queue,
    prepare(next) {
      refuseLostRoutes(next, directory);
      const changed = relaySettings(next);
      const useQueue = opened.prepare(next);
      return () => {
        useQueue();
        // A relay knows policies and keeps connections: it is not given up for nothing.
        if (JSON.stringify(changed) === JSON.stringify(settings)) return;
        settings = changed;
        relay?.use(openRelay({ ...parts, ...changed }));
      };
    },
    async close() {
      await opened.queue.stop();
      await relay?.close();
    },
  };
}

/** Transports may be removed only when no route of the directory leads there. @throws Refusal that names the routes */
function refuseLostRoutes(loaded: LoadedConfig, { view }: LiveDirectory): void {
  const lost = findUnknownTransports(view, transportNames(loaded));
  if (lost.length === 0) return;
  const advice = 'Leave the transport there, or remove the route first: "posthorn config route list"';
  throw new Refusal([...lost.map(({ message }) => `${loaded.file}: ${message}`), advice].join('\n'));
}

function relaySettings({ config }: LoadedConfig) {
  const { hostname, listeners, relay } = config;
  const ca = relay.ca === undefined ? undefined : readText(relay.ca);
  return { hostname, listeners, port: relay.port, policyPort: relay.policyPort, sources: relay.sources, ca };
}
