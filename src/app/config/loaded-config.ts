import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Refusal } from '../refusal.ts';
import type { Config } from './config-schema.ts';

/** The configuration of a process, with paths that are absolute. */
export interface LoadedConfig {
  readonly file: string;
  readonly config: Config;
  /** Absolute. */
  readonly dataDir: string;
  /** Keys that are accepted and do nothing in this version, for the log. */
  readonly notYet: readonly string[];
}

/** The text of a file. @throws Refusal in words */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = { ENOENT: 'there is no such file', EACCES: 'it may not be read', EISDIR: 'it is a directory' }[code];
    throw new Refusal(`${file}: ${why ?? `it cannot be read (${code})`}`, { cause: error });
  }
}

/** Where the control socket of a data directory is. */
export function controlSocketOf(dataDir: string): string {
  return join(dataDir, 'ctl.sock');
}
