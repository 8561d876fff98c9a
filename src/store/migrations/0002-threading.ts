import type { Migration } from './migration.ts';

/**
 * email.threading: what THREAD goes by, so that it reads no messages (see `thread-facts.ts`). NULL in rows from before: filled
 * when they are asked for.
 */
export const threading: Migration = {
  number: 2,
  name: 'threading',
  statements: ({ octets }) => [`ALTER TABLE email ADD COLUMN threading ${octets}`],
};
