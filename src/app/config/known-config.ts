import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { join, resolve } from 'node:path';

import { posthornVersion } from '../version.ts';
import { readText } from './loaded-config.ts';
import type { LoadedConfig } from './loaded-config.ts';

/** A text that was found good, and what it says. */
interface Kept {
  readonly key: string;
  readonly loaded: LoadedConfig;
}

/** As `loadConfig`, sooner: a file that was read before need not be checked again. @throws Refusal with a line for each fault */
export async function loadKnownConfig(file: string): Promise<LoadedConfig> {
  return checkKnownConfig(file, readText(file));
}

/**
 * As `checkConfig`. What the reader of YAML and the schema make of a text depends on nothing but the text and the program,
 * and loading and running both takes as long as all else that a start does. So it is kept beside the compiled code, in a
 * folder of this user's; where there is none (and when sources are run), the text is checked each time.
 * @throws Refusal with a line for each fault
 */
export async function checkKnownConfig(file: string, text: string): Promise<LoadedConfig> {
  const folder = getCompileCacheDir();
  const program = programKey();
  if (folder === undefined || program === undefined || mayHoldSecret(text)) return check(file, text);
  const key = hash([program, file, resolve(file), text]);
  // One of few files for each configuration, so that they do not pile up.
  const place = join(folder, `config-${hash([resolve(file)]).slice(0, 2)}.json`);
  const kept = readKept(place);
  if (kept?.key === key) return kept.loaded;
  const loaded = await check(file, text);
  keep(place, { key, loaded });
  return loaded;
}

async function check(file: string, text: string): Promise<LoadedConfig> {
  const { checkConfig } = await import('./config-file.ts');
  return checkConfig(file, text);
}

/** Which build this is. Undefined: sources, which change at any time. */
function programKey(): string | undefined {
  const filename = import.meta.filename;
  if (!filename.endsWith('.js')) return undefined;
  // Files of an installed package have no useful times, but its version does not stay when they change.
  return `${posthornVersion()} ${filename} ${statSync(filename).mtimeMs}`;
}

/** Logins at databases, object stores and smarthosts are not copied to another place. */
function mayHoldSecret(text: string): boolean {
  return /password|postgres|s3:/i.test(text);
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function readKept(place: string): Kept | undefined {
  try {
    // We wrote it, and its key says of what.
    return JSON.parse(readFileSync(place, 'utf8')) as Kept;
  } catch {
    return undefined;
  }
}

/** Nobody ever reads half of it. Where it cannot be written, the text is checked again next time. */
function keep(place: string, kept: Kept): void {
  const draft = `${place}.${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(kept), { mode: 0o600 });
    renameSync(draft, place);
  } catch {
    rmSync(draft, { force: true });
  }
}
