import type { Migration } from './migration.ts';

/**
 * warm_up: messages that left on a day (since 1970) from an address that warms up, by destination; '' counts all of them.
 */
export const warmUp: Migration = {
  number: 11,
  name: 'warm-up',
  statements: ({ integer, text, clustered }) => [
    `CREATE TABLE warm_up (
      ip ${text} NOT NULL, day ${integer} NOT NULL, destination ${text} NOT NULL, taken ${integer} NOT NULL,
      PRIMARY KEY (ip, day, destination))${clustered}`,
  ],
};
