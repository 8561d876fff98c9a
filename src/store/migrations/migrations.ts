import { mail } from './0001-mail.ts';
import { threading } from './0002-threading.ts';
import { queue } from './0003-queue.ts';
import { relay } from './0004-relay.ts';
import { mailboxRights } from './0005-mailbox-rights.ts';
import { loginAttempts } from './0006-login-attempts.ts';
import { folding } from './0007-folding.ts';
import { usualFields } from './0008-usual-fields.ts';
import { history } from './0009-history.ts';
import { bounces } from './0010-bounces.ts';
import { warmUp } from './0011-warm-up.ts';
import { fewerLeaves } from './0012-fewer-leaves.ts';
import type { Migration } from './migration.ts';

/** All steps, in order. */
export const migrations: readonly Migration[] = [
  mail,
  threading,
  queue,
  relay,
  mailboxRights,
  loginAttempts,
  folding,
  usualFields,
  history,
  bounces,
  warmUp,
  fewerLeaves,
];

/** The newest step this program knows. */
export const newestMigration: number = migrations.at(-1)?.number ?? 0;
