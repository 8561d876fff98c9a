import type { Migration } from './migration.ts';

/** What several processes on one database need: see `postgres/README.md`. */
const betweenProcesses: readonly string[] = [
  `CREATE TABLE change_log (
    account_id BIGINT NOT NULL, modseq BIGINT NOT NULL, process TEXT NOT NULL, record TEXT NOT NULL, logged_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, modseq))`,
  `CREATE INDEX change_log_time ON change_log USING brin (logged_at)`,
  `CREATE TABLE lease (name TEXT NOT NULL PRIMARY KEY, process TEXT NOT NULL, ends_at BIGINT NOT NULL)`,
];

/**
 * The model of architecture section "The store". What each table holds:
 * - account: the modseq counter and what the account's messages take; thread ids are modseqs of the account.
 * - blob: octets of a message as received, once; `encoding` 0 raw, 1 deflate, 2 in the blob store under the hash, 3 deflated, 4 zstd.
 * - email: one message of one account with what IMAP and JMAP send, rendered once.
 * - entry: an email in a mailbox. tombstone: an entry that was expunged.
 * - orphan: an email that is in no mailbox any more, swept after a grace time.
 * - thread_ref, thread_subject: which thread a Message-ID or base subject leads to; hashes of 48 bits.
 * - search_pending: emails that the text index does not cover yet.
 * - change_log: what happened lately, for processes that did not hear of it; lease: which process does a job for all.
 */
export const mail: Migration = {
  number: 1,
  name: 'mail',
  statements: ({ name, octets, integer, text, numberedKey, clustered }) => [
    `CREATE TABLE account (
      id ${numberedKey}, name ${text} NOT NULL UNIQUE, modseq ${integer} NOT NULL, next_uid_validity ${integer} NOT NULL,
      used_bytes ${integer} NOT NULL, emails ${integer} NOT NULL, created_at ${integer} NOT NULL)`,
    `CREATE TABLE mailbox (
      id ${numberedKey}, account_id ${integer} NOT NULL, name ${text} NOT NULL, uid_validity ${integer} NOT NULL,
      uid_next ${integer} NOT NULL, total ${integer} NOT NULL, unseen ${integer} NOT NULL, deleted ${integer} NOT NULL,
      size_bytes ${integer} NOT NULL, highest_modseq ${integer} NOT NULL, created_modseq ${integer} NOT NULL,
      pruned_modseq ${integer} NOT NULL, special_use ${text}, UNIQUE (account_id, name))`,
    `CREATE TABLE removed_mailbox (
      account_id ${integer} NOT NULL, modseq ${integer} NOT NULL, mailbox_id ${integer} NOT NULL, name ${text} NOT NULL,
      PRIMARY KEY (account_id, modseq, mailbox_id))${clustered}`,
    `CREATE TABLE subscription (account_id ${integer} NOT NULL, name ${text} NOT NULL, PRIMARY KEY (account_id, name))${clustered}`,
    `CREATE TABLE keyword (
      account_id ${integer} NOT NULL, folded ${text} NOT NULL, name ${text} NOT NULL, PRIMARY KEY (account_id, folded))${clustered}`,
    `CREATE TABLE blob (
      id ${numberedKey}, hash_prefix ${integer} NOT NULL, hash ${octets} NOT NULL, size_bytes ${integer} NOT NULL,
      encoding ${integer} NOT NULL, stored_at ${integer} NOT NULL, octets ${octets})`,
    `CREATE INDEX blob_hash ON blob (hash_prefix)`,
    `CREATE TABLE email (
      id ${numberedKey}, account_id ${integer} NOT NULL, blob_id ${integer} NOT NULL, thread_id ${integer} NOT NULL,
      created_modseq ${integer} NOT NULL, size_bytes ${integer} NOT NULL, received_at ${integer} NOT NULL, sent_at ${integer},
      has_attachment ${integer} NOT NULL, envelope ${text} NOT NULL, body_structure ${text} NOT NULL, part_map ${text} NOT NULL,
      preview ${text} NOT NULL, head ${text} NOT NULL, prefix ${text} NOT NULL)`,
    `CREATE INDEX email_blob ON email (blob_id)`,
    `CREATE TABLE entry (
      mailbox_id ${integer} NOT NULL, uid ${integer} NOT NULL, email_id ${integer} NOT NULL, flags ${integer} NOT NULL,
      keywords ${text} NOT NULL, modseq ${integer} NOT NULL, created_modseq ${integer} NOT NULL, saved_at ${integer} NOT NULL,
      size_bytes ${integer} NOT NULL, received_at ${integer} NOT NULL, PRIMARY KEY (mailbox_id, uid))${clustered}`,
    `CREATE INDEX entry_email ON entry (email_id)`,
    `CREATE TABLE tombstone (
      mailbox_id ${integer} NOT NULL, uid ${integer} NOT NULL, email_id ${integer} NOT NULL, modseq ${integer} NOT NULL,
      saved_at ${integer} NOT NULL, size_bytes ${integer} NOT NULL, received_at ${integer} NOT NULL,
      PRIMARY KEY (mailbox_id, uid))${clustered}`,
    `CREATE TABLE orphan (
      email_id ${integer} NOT NULL PRIMARY KEY, account_id ${integer} NOT NULL, orphaned_at ${integer} NOT NULL)`,
    `CREATE TABLE thread_ref (
      account_id ${integer} NOT NULL, ref ${integer} NOT NULL, thread_id ${integer} NOT NULL, subject ${integer} NOT NULL,
      PRIMARY KEY (account_id, ref))${clustered}`,
    `CREATE TABLE thread_subject (
      account_id ${integer} NOT NULL, subject ${integer} NOT NULL, thread_id ${integer} NOT NULL, last_at ${integer} NOT NULL,
      PRIMARY KEY (account_id, subject))${clustered}`,
    `CREATE TABLE annotation (
      account_id ${integer} NOT NULL, mailbox_id ${integer} NOT NULL, entry ${text} NOT NULL, value ${octets},
      modseq ${integer} NOT NULL, PRIMARY KEY (account_id, mailbox_id, entry))${clustered}`,
    `CREATE TABLE directory_object (
      kind ${text} NOT NULL, id ${text} NOT NULL, body ${text} NOT NULL, PRIMARY KEY (kind, id))${clustered}`,
    `CREATE TABLE counter (name ${text} NOT NULL PRIMARY KEY, value ${integer} NOT NULL)${clustered}`,
    `INSERT INTO counter (name, value) VALUES ('directory', 0)`,
    `CREATE TABLE search_pending (email_id ${integer} NOT NULL PRIMARY KEY, account_id ${integer} NOT NULL)`,
    `CREATE TABLE search_block (
      id ${numberedKey}, account_id ${integer} NOT NULL, messages ${integer} NOT NULL, octets ${octets} NOT NULL)`,
    `CREATE INDEX search_block_account ON search_block (account_id)`,
    ...(name === 'postgres' ? betweenProcesses : []),
  ],
};
