import { setTimeout as delay } from 'node:timers/promises';

import { systemClock } from '../base/clock.ts';
import { silentLog } from '../base/log.ts';
import type { DirectoryQuery } from '../directory/answer-query.ts';
import type { DirectoryOperation } from '../directory/decide-operation.ts';
import type { LoginFacts } from '../directory/logins/login-facts.ts';
import type { DirectoryDocumentInput } from '../directory/document/directory-document.ts';
import { controlSocketOf } from './config/loaded-config.ts';
import type { LoadedConfig } from './config/loaded-config.ts';
import { askControl, connectControl } from './control/control-client.ts';
import type { QueueRequest } from './control/queue-request.ts';
import type { ControlAnswer } from './control/control-answer.ts';
import type { ControlRequest } from './control/control-request.ts';
import { tryLockData } from '../store/data-lock.ts';
import type { DataLock } from '../store/data-lock.ts';
import type { WarmUpRow } from '../store/relay/relay-store.ts';
import { Refusal } from './refusal.ts';

/** Who carries out what an administrator asks: the running server, or this process. */
export class Administration {
  readonly #ask: (request: ControlRequest) => Promise<ControlAnswer>;
  readonly #close: () => Promise<void>;

  constructor(ask: (request: ControlRequest) => Promise<ControlAnswer>, close: () => Promise<void>) {
    this.#ask = ask;
    this.#close = close;
  }

  /** @throws Refusal with what is in the way, a line each */
  async edit(operation: DirectoryOperation): Promise<void> {
    await this.#must({ kind: 'edit', operation });
  }

  query(query: DirectoryQuery): Promise<unknown> {
    return this.#must({ kind: 'query', query });
  }

  queue(request: QueueRequest): Promise<unknown> {
    return this.#must({ kind: 'queue', request });
  }

  /** What was done, a line an object. */
  async apply(
    document: DirectoryDocumentInput,
    options: { readonly prune: boolean; readonly dryRun: boolean },
  ): Promise<readonly string[]> {
    return (await this.#must({ kind: 'apply', document, ...options })) as readonly string[];
  }

  /** The latest first; `-` for logins that nobody has. */
  async logins(account: string, limit: number): Promise<readonly LoginFacts[]> {
    return (await this.#must({ kind: 'logins', account, limit })) as readonly LoginFacts[];
  }

  /** When each key and app password of an account logged in last, the latest first. */
  async lastUses(account: string): Promise<readonly LoginFacts[]> {
    return (await this.#must({ kind: 'last-uses', account })) as readonly LoginFacts[];
  }

  async warmUps(ips: readonly string[], day: number): Promise<readonly WarmUpRow[]> {
    return (await this.#must({ kind: 'warm-ups', ips, day })) as readonly WarmUpRow[];
  }

  async close(): Promise<void> {
    await this.#close();
  }

  async #must(request: ControlRequest): Promise<unknown> {
    const answer = await this.#ask(request);
    if (!answer.ok) throw new Refusal(answer.messages.join('\n'));
    return answer.value;
  }
}

const patienceMs = 10_000;
const retryMs = 50;

/**
 * Talks to the server of the configuration's data directory, or opens the store when none runs. Whoever holds the lock of
 * the directory is one of the two; a process that is just starting or ending is waited for.
 */
export async function openAdministration(loaded: LoadedConfig): Promise<Administration> {
  const socketPath = controlSocketOf(loaded.dataDir);
  for (let waited = 0; waited < patienceMs; waited += retryMs) {
    const socket = await connectControl(socketPath);
    if (socket) return overSocket(socketPath, socket);
    const lock = tryLockData(loaded.dataDir);
    if (lock) return openHere(loaded, lock);
    await delay(retryMs);
  }
  throw new Refusal(`${loaded.dataDir} is in use by a posthorn that does not answer on its control socket`);
}

type ControlConnection = NonNullable<Awaited<ReturnType<typeof connectControl>>>;

function overSocket(path: string, first: ControlConnection): Administration {
  let next: ControlConnection | undefined = first;
  return new Administration(
    async (request) => {
      const socket = next ?? (await connectControl(path));
      next = undefined;
      if (!socket) throw new Refusal('the server has ended');
      return askControl(socket, request);
    },
    async () => void next?.destroy(),
  );
}

async function openHere(loaded: LoadedConfig, lock: DataLock): Promise<Administration> {
  const { openStore } = await import('../store/open-store.ts');
  const { openDirectory } = await import('../directory/live-directory.ts');
  const { LoginLog } = await import('../directory/logins/login-log.ts');
  const { answerControl } = await import('./control/control-request.ts');
  const { openQueue } = await import('./outgoing/open-queue.ts');
  const { transportNames } = await import('./outgoing/queue-settings-of.ts');
  const { storeOptions } = await import('./store-options.ts');
  try {
    const store = await openStore(storeOptions(loaded));
    try {
      const transports = transportNames(loaded);
      const directory = await openDirectory({
        store,
        log: silentLog,
        clock: systemClock,
        hostnames: [loaded.config.hostname],
        transports: () => transports,
      });
      const logins = new LoginLog(store, systemClock, silentLog);
      const parts = { loaded, store, directory, relay: undefined, capture: undefined };
      // Not started: it keeps what is asked, and the next server delivers.
      const { queue } = openQueue({ ...parts, clock: systemClock, log: silentLog });
      return new Administration(
        (request) => answerControl({ directory, logins, queue, relay: store.relay }, request),
        async () => {
          directory.close();
          await store.close();
          lock.release();
        },
      );
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}
