import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The vectors that lie beside the repository. */
export const vectorsFolder = join(import.meta.dirname, '../../../../shared/vectors');
export const hasVectors = existsSync(join(vectorsFolder, 'imap-oracle'));

/** A vector file as the reference servers got it: without a first line `From …`, line feeds as CRLF. */
export function readVectorMessage(path: string): Buffer {
  let text = readFileSync(join(vectorsFolder, path)).toString('latin1');
  if (text.startsWith('From ')) text = text.slice(text.indexOf('\n') + 1);
  return Buffer.from(text.replace(/\r?\n/g, '\r\n'), 'latin1');
}

/** One line of imap-oracle/envelope-bodystructure.jsonl. */
export interface OracleLine {
  readonly path: string;
  readonly size: number;
  readonly envelope: unknown;
  readonly bodystructure: unknown;
  readonly disputed?: readonly string[];
}

export function readOracle(): OracleLine[] {
  const text = readFileSync(join(vectorsFolder, 'imap-oracle/envelope-bodystructure.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as OracleLine);
}
