import type { Migration } from './migration.ts';

/**
 * Searches fold texts as i;unicode-casemap does (`mime/fold-for-search.ts`): what was folded in another way goes. The text index
 * is made anew; heads that are not ASCII are empty from here on, and the message is looked at instead.
 */
export const folding: Migration = {
  number: 7,
  name: 'folding',
  statements: ({ name }) => [
    'DELETE FROM search_block',
    'INSERT INTO search_pending (email_id, account_id) SELECT m.id, m.account_id FROM email m ' +
      'WHERE EXISTS (SELECT 1 FROM entry e WHERE e.email_id = m.id) ON CONFLICT DO NOTHING',
    `UPDATE email SET head = '' WHERE ${name === 'sqlite' ? 'length(CAST(head AS BLOB))' : 'octet_length(head)'} <> length(head)`,
  ],
};
