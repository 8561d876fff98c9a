import { mail } from './0001-mail.ts';
import { threading } from './0002-threading.ts';
import type { Migration } from './migration.ts';

/** All steps, in order. */
export const migrations: readonly Migration[] = [mail, threading];

/** The newest step this program knows. */
export const newestMigration: number = migrations.at(-1)?.number ?? 0;
