import type { Migration } from './migration.ts';

/** login_attempt: logins that were tried, equal ones of a day in one row (see `login-attempt.ts`). */
export const loginAttempts: Migration = {
  number: 6,
  name: 'login-attempts',
  statements: ({ integer, text }) => [
    `CREATE TABLE login_attempt (
      key ${text} NOT NULL PRIMARY KEY, account ${text} NOT NULL, login ${text} NOT NULL, remote ${text} NOT NULL,
      local ${text} NOT NULL, tls ${text} NOT NULL, proof ${text} NOT NULL, protocol ${text} NOT NULL, client ${text} NOT NULL,
      mechanism ${text} NOT NULL, result ${text} NOT NULL, day ${integer} NOT NULL, count ${integer} NOT NULL,
      first_at ${integer} NOT NULL, last_at ${integer} NOT NULL)`,
    `CREATE INDEX login_attempt_account ON login_attempt (account, last_at)`,
    `CREATE INDEX login_attempt_time ON login_attempt (last_at)`,
  ],
};
