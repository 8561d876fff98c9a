import type { Migration } from './migration.ts';

/**
 * retired_entry: what has left the queue, with how it ended. Made of `outgoing_entry` and its message; the octets are gone.
 * Both indexes grow at their ends only, so a commit touches few pages; a Message-ID (`message_key`, a hash) is looked for
 * by reading the first of them, as an index of its own would change at a random place with each message.
 */
export const history: Migration = {
  number: 9,
  name: 'history',
  statements: ({ integer, text }) => [
    `ALTER TABLE outgoing_message ADD COLUMN message_key ${integer}`,
    `CREATE INDEX outgoing_message_key ON outgoing_message (message_key) WHERE message_key IS NOT NULL`,
    `CREATE TABLE retired_entry (
      id ${integer} PRIMARY KEY, message_id ${integer} NOT NULL, account_id ${integer}, message_key ${integer},
      domain ${text} NOT NULL, return_path ${text} NOT NULL, recipient ${text} NOT NULL, size_bytes ${integer} NOT NULL,
      queued_at ${integer} NOT NULL, ended_at ${integer} NOT NULL, attempts ${integer} NOT NULL, result ${text} NOT NULL,
      from_domain ${text} NOT NULL, message_facts ${text} NOT NULL, facts ${text} NOT NULL, story ${text} NOT NULL,
      ending ${text} NOT NULL)`,
    `CREATE INDEX retired_entry_end ON retired_entry (ended_at, id, message_key)`,
    `CREATE INDEX retired_entry_account ON retired_entry (account_id, ended_at, id)`,
  ],
};
