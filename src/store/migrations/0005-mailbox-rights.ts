import type { Migration } from './migration.ts';

/**
 * mailbox_right: who beside the owner (`account_id`) may do what with a mailbox. `grantee_id` is the account behind the
 * identifier, 0 for everybody.
 */
export const mailboxRights: Migration = {
  number: 5,
  name: 'mailbox-rights',
  statements: ({ integer, text, clustered }) => [
    `CREATE TABLE mailbox_right (
      mailbox_id ${integer} NOT NULL, identifier ${text} NOT NULL, account_id ${integer} NOT NULL,
      grantee_id ${integer} NOT NULL, rights ${text} NOT NULL, PRIMARY KEY (mailbox_id, identifier))${clustered}`,
    `CREATE INDEX mailbox_right_grantee ON mailbox_right (grantee_id)`,
    `CREATE INDEX mailbox_right_account ON mailbox_right (account_id)`,
  ],
};
