import { assertNever } from '../base/assert-never.ts';
import type { Courier } from '../queue/courier.ts';
import { Attempt } from './attempt.ts';
import { ConnectionPool, defaultPoolLimits } from './connection-pool.ts';
import type { PoolLimits } from './connection-pool.ts';
import { deliverDirect } from './deliver-direct.ts';
import { deliverToSmarthost } from './deliver-smarthost.ts';
import { refuseAll } from './refuse-all.ts';
import type { RelayContext } from './relay-context.ts';

export type RelayOptions = Omit<RelayContext, 'pool'> & { readonly poolLimits?: Partial<PoolLimits> };

/** The courier to other hosts. */
export interface Relay extends Courier {
  /** Says good-bye on connections that are idle. */
  close(): Promise<void>;
}

/** Carries batches with the transports `direct`, `smarthost`, `socks` and `fail`; `local` is not for it. */
export function createRelay(options: RelayOptions): Relay {
  const { poolLimits, ...rest } = options;
  const pool = new ConnectionPool({ ...defaultPoolLimits, ...poolLimits }, options.now);
  const context: RelayContext = { ...rest, pool };
  return {
    async deliver(batch, record, signal) {
      const attempt = new Attempt(batch, record, signal, context.now);
      const { transport } = batch;
      const { ehloName } = context;
      switch (transport.kind) {
        case 'direct':
          return deliverDirect(context, attempt, {
            families: transport.families ?? 'both',
            ehloName,
            proxy: undefined,
          });
        case 'socks': {
          const { host, port, login } = transport;
          const proxy = { host, port, login };
          const route = { families: 'both', ehloName: transport.ehloName ?? ehloName, proxy } as const;
          return deliverDirect(context, attempt, route);
        }
        case 'smarthost':
          return deliverToSmarthost(context, attempt, transport);
        case 'fail':
          return refuseAll(attempt, transport);
        case 'local':
          throw new TypeError('the relay does not deliver to ourselves');
        default:
          return assertNever(transport);
      }
    },
    close: () => pool.close(),
  };
}
