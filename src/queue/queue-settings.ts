import type { AccountId } from '../store/ids.ts';
import { isListed, type Routes } from './choose-transport.ts';
import type { DestinationLimits } from './destination.ts';
import { defaultSchedule, type Schedule } from './schedule.ts';

/** Narrower limits for some destinations. */
export interface DestinationRule {
  /** `.example.org` is the domain and all below it. */
  readonly domains: readonly string[];
  readonly concurrency?: number | undefined;
  readonly perMinute?: number | undefined;
  readonly recipients?: number | undefined;
}

/** What an account may send (spec section 6.10). */
export interface SenderLimits {
  readonly recipientsPerDay: number;
  readonly firstTimeRecipientsPerDay: number;
}

export interface QueueSettings {
  /** Names this server in notifications. */
  readonly hostname: string;
  readonly schedule: Schedule;
  readonly routes: Routes;
  /** Transactions at once, to all destinations. */
  readonly maxDeliveries: number;
  /** To one destination: at first, and at most. */
  readonly firstConcurrency: number;
  readonly maxConcurrency: number;
  /** Recipients in one transaction, at most. RFC 5321 section 4.5.3.1.8: 100 are always taken. */
  readonly maxRecipients: number;
  readonly destinations: readonly DestinationRule[];
  /** A process that died loses its entries to others after so long. */
  readonly leaseMs: number;
  /** How often the store is looked at for what other processes put there. */
  readonly scanEveryMs: number;
  /** For how long what has left the queue is remembered; 0: not at all. */
  readonly historyMs: number;
  limitsOf(accountId: AccountId): SenderLimits;
}

export const defaultSenderLimits: SenderLimits = { recipientsPerDay: 1000, firstTimeRecipientsPerDay: 200 };

/** Fills in what is not given. */
export function queueSettings(given: Partial<QueueSettings> & Pick<QueueSettings, 'hostname'>): QueueSettings {
  return {
    schedule: defaultSchedule,
    routes: { ofAccount: () => [], ofSenderDomain: () => [], global: [] },
    maxDeliveries: 100,
    firstConcurrency: 5,
    maxConcurrency: 20,
    maxRecipients: 100,
    destinations: [],
    leaseMs: 5 * 60_000,
    scanEveryMs: 30_000,
    historyMs: 14 * 24 * 3_600_000,
    limitsOf: () => defaultSenderLimits,
    ...given,
  };
}

/** The limits of one destination: the first rule that names it, else the general ones. */
export function limitsOfDestination(
  settings: QueueSettings,
  domain: string,
): DestinationLimits & { readonly maxRecipients: number } {
  const rule = settings.destinations.find(({ domains }) => isListed(domains, domain));
  const maxConcurrency = rule?.concurrency ?? settings.maxConcurrency;
  return {
    firstConcurrency: Math.min(settings.firstConcurrency, maxConcurrency),
    maxConcurrency,
    perMinute: rule?.perMinute,
    maxRecipients: Math.min(settings.maxRecipients, rule?.recipients ?? settings.maxRecipients),
  };
}
