import type { Dialect } from '../sql/dialect.ts';
import type { Migration } from './migration.ts';

/**
 * A delivery touches fewer places, as each costs a page of log and of database:
 * - thread_key has what thread_ref and thread_subject had. Rows of one base subject are neighbours; `ref` 0 is the subject's own.
 * - The email that brought a blob has the blob's number (`MailNumbers` on SQLite, a sequence for both on PostgreSQL). The index
 *   from blobs to emails has only those that differ.
 * - On SQLite, where numbers grow in the order of commits, emails above the counter `indexed` wait for the text index, and
 *   search_pending is a view. The text index is made anew.
 */
export const fewerLeaves: Migration = {
  number: 12,
  name: 'fewer-leaves',
  statements: (dialect) => [
    ...threadKeys(dialect),
    'DROP INDEX email_blob',
    'CREATE INDEX email_blob ON email (blob_id) WHERE blob_id <> id',
    ...(dialect.name === 'sqlite' ? pendingByNumber : oneSequence),
  ],
};

function threadKeys({ integer, clustered }: Dialect): readonly string[] {
  return [
    `CREATE TABLE thread_key (
      account_id ${integer} NOT NULL, subject ${integer} NOT NULL, ref ${integer} NOT NULL, thread_id ${integer} NOT NULL,
      last_at ${integer} NOT NULL, PRIMARY KEY (account_id, subject, ref))${clustered}`,
    'INSERT INTO thread_key (account_id, subject, ref, thread_id, last_at) ' +
      'SELECT account_id, subject, ref, thread_id, 0 FROM thread_ref WHERE ref <> 0 ORDER BY account_id, subject, ref',
    'INSERT INTO thread_key (account_id, subject, ref, thread_id, last_at) ' +
      'SELECT account_id, subject, 0, thread_id, last_at FROM thread_subject ORDER BY account_id, subject',
    'DROP TABLE thread_ref',
    'DROP TABLE thread_subject',
  ];
}

/** `sqlite_sequence` is where numbers are reserved, so there must be a row for each table. */
const pendingByNumber: readonly string[] = [
  "INSERT INTO sqlite_sequence (name, seq) SELECT 'email', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'email')",
  "INSERT INTO sqlite_sequence (name, seq) SELECT 'blob', 0 WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'blob')",
  'DROP TABLE search_pending',
  'DELETE FROM search_block',
  "INSERT INTO counter (name, value) VALUES ('indexed', 0)",
  'CREATE VIEW search_pending AS SELECT id AS email_id, account_id FROM email ' +
    "WHERE id > (SELECT value FROM counter WHERE name = 'indexed')",
];

const oneSequence: readonly string[] = [
  "SELECT setval(pg_get_serial_sequence('email', 'id'), " +
    "greatest(nextval(pg_get_serial_sequence('email', 'id')), (SELECT coalesce(max(id), 0) + 1 FROM blob)), false)",
  'ALTER TABLE blob ALTER COLUMN id DROP IDENTITY',
  "ALTER TABLE blob ALTER COLUMN id SET DEFAULT nextval(pg_get_serial_sequence('email', 'id'))",
];
