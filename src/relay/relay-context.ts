import type { Log } from '../base/log.ts';
import type { Resolver } from '../base/resolver.ts';
import type { SmtpTimeouts } from '../clients/smtp/smtp-client.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { SourceAddresses } from './sources/source-addresses.ts';
import type { StsFacts } from './tls-policy.ts';
import type { TlsReporter } from './tls-report.ts';

/** What all deliveries share. */
export interface RelayContext {
  readonly resolver: Resolver;
  /** MTA-STS of a recipient domain in A-labels. Rejects only when what it remembers cannot be read. */
  readonly sts: { policyFor(domain: string): Promise<StsFacts> };
  readonly reporter: TlsReporter;
  /** Our name in EHLO. */
  readonly ehloName: string;
  /** Of MX hosts: 25. */
  readonly port: number;
  readonly isOwnName: (name: string) => boolean;
  /** Whether this server itself would answer there. */
  readonly isOwnAddress: (address: string) => boolean;
  /** Which of our addresses a message leaves from; undefined leaves it to the system. */
  readonly sources: Pick<SourceAddresses, 'choose'>;
  /** PEM of the authorities that MX hosts and smarthosts are checked against; undefined: those that Node knows. */
  readonly ca: string | undefined;
  /** The text of a file with an access token: read at each login, since tokens last an hour. */
  readonly readToken: (file: string) => Promise<string>;
  readonly timeouts: Partial<SmtpTimeouts>;
  readonly lookupMs: number;
  readonly random: () => number;
  readonly now: () => number;
  readonly pool: ConnectionPool;
  readonly log: Log;
}
