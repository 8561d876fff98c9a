import type { Migration } from './migration.ts';

/**
 * - reports: what others told of an entry after it had left, a line of JSON each; of `src/queue/`.
 * - return_path: entries by the hash of a return path that nobody else has. Only of accounts that want such paths.
 * - recipient_failure: refusals in a row that an account met at an address, and what was accepted there since the last.
 */
export const bounces: Migration = {
  number: 10,
  name: 'bounces',
  statements: ({ integer, text, clustered }) => [
    `ALTER TABLE outgoing_entry ADD COLUMN reports ${text} NOT NULL DEFAULT ''`,
    `ALTER TABLE retired_entry ADD COLUMN reports ${text} NOT NULL DEFAULT ''`,
    `CREATE TABLE return_path (
      path_key ${integer} NOT NULL, entry_id ${integer} NOT NULL, PRIMARY KEY (path_key, entry_id))${clustered}`,
    `CREATE TABLE recipient_failure (
      account_id ${integer} NOT NULL, address ${text} NOT NULL, failures ${integer} NOT NULL, accepted ${integer} NOT NULL,
      last_at ${integer} NOT NULL, PRIMARY KEY (account_id, address))${clustered}`,
    `CREATE INDEX recipient_failure_time ON recipient_failure (last_at)`,
  ],
};
