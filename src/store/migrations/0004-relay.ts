import type { Migration } from './migration.ts';

/**
 * What deliveries to other hosts leave behind. `facts` are JSON of `src/relay/`; the store does not look into them.
 * - sts_policy: MTA-STS policies, which stay in force for their time whatever becomes of the DNS.
 * - tls_result: how sessions ended, counted by day (since 1970) and recipient domain, for TLS reports.
 */
export const relay: Migration = {
  number: 4,
  name: 'relay',
  statements: ({ integer, text, clustered }) => [
    `CREATE TABLE sts_policy (
      domain ${text} NOT NULL PRIMARY KEY, facts ${text} NOT NULL, fetched_at ${integer} NOT NULL,
      used_at ${integer} NOT NULL)${clustered}`,
    `CREATE TABLE tls_result (
      day ${integer} NOT NULL, domain ${text} NOT NULL, key ${text} NOT NULL, facts ${text} NOT NULL,
      count ${integer} NOT NULL, PRIMARY KEY (day, domain, key))${clustered}`,
  ],
};
