import type { Migration } from './migration.ts';

/**
 * email.usual_fields: the header fields that clients ask for of every message (see mime/usual-fields.ts), so that the first
 * synchronisation of a client opens no message. NULL: not kept, the message is opened.
 */
export const usualFields: Migration = {
  number: 8,
  name: 'usual-fields',
  statements: ({ text }) => [`ALTER TABLE email ADD COLUMN usual_fields ${text}`],
};
