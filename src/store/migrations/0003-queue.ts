import type { Migration } from './migration.ts';

/**
 * What goes out. `facts` and `story` are JSON of `src/queue/`; the store does not look into them.
 * - outgoing_message: what the recipients of one submission share; goes with its last entry.
 * - outgoing_entry: one recipient. `due_at`: not tried before; moved ahead when a try begins, so that a crash does not
 *   make it begin again at once. `lease_owner`, `lease_until`: who tries it now. Held entries are in no index of due ones.
 * - hold_rule: a NULL matches everything. paused_destination: nothing is tried there.
 * - suppression: addresses that an account does not send to.
 * - sent_hour, known_recipient: what the limits for senders go by; hours since 1970, addresses as hashes of 48 bits.
 */
export const queue: Migration = {
  number: 3,
  name: 'queue',
  statements: ({ integer, text, numberedKey, clustered }) => [
    `CREATE TABLE outgoing_message (
      id ${numberedKey}, blob_id ${integer} NOT NULL, account_id ${integer}, size_bytes ${integer} NOT NULL,
      queued_at ${integer} NOT NULL, from_domain ${text} NOT NULL, facts ${text} NOT NULL, prefix ${text} NOT NULL,
      part_map ${text} NOT NULL)`,
    `CREATE INDEX outgoing_message_blob ON outgoing_message (blob_id)`,
    `CREATE TABLE outgoing_entry (
      id ${numberedKey}, message_id ${integer} NOT NULL, domain ${text} NOT NULL, return_path ${text} NOT NULL,
      recipient ${text} NOT NULL, due_at ${integer} NOT NULL, attempts ${integer} NOT NULL, expires_at ${integer} NOT NULL,
      held ${integer} NOT NULL, lease_owner ${text} NOT NULL, lease_until ${integer} NOT NULL, delay_told ${integer} NOT NULL,
      facts ${text} NOT NULL, story ${text} NOT NULL)`,
    `CREATE INDEX outgoing_entry_message ON outgoing_entry (message_id)`,
    `CREATE INDEX outgoing_entry_due ON outgoing_entry (domain, due_at, id) WHERE held = 0`,
    `CREATE INDEX outgoing_entry_expiry ON outgoing_entry (expires_at) WHERE held = 0`,
    `CREATE TABLE hold_rule (
      id ${numberedKey}, account_id ${integer}, from_domain ${text}, domain ${text}, created_at ${integer} NOT NULL)`,
    `CREATE TABLE paused_destination (
      domain ${text} NOT NULL PRIMARY KEY, reason ${text} NOT NULL, created_at ${integer} NOT NULL)${clustered}`,
    `CREATE TABLE suppression (
      account_id ${integer} NOT NULL, address ${text} NOT NULL, reason ${text} NOT NULL, created_at ${integer} NOT NULL,
      expires_at ${integer}, PRIMARY KEY (account_id, address))${clustered}`,
    `CREATE TABLE sent_hour (
      account_id ${integer} NOT NULL, hour ${integer} NOT NULL, recipients ${integer} NOT NULL,
      first_time ${integer} NOT NULL, PRIMARY KEY (account_id, hour))${clustered}`,
    `CREATE TABLE known_recipient (
      account_id ${integer} NOT NULL, address ${integer} NOT NULL, PRIMARY KEY (account_id, address))${clustered}`,
  ],
};
