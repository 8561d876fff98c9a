/** Messages that the authors of this project did not write, from `../shared` beside the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const vectors = join(import.meta.dirname, '../../../../shared/vectors');

export interface Vector {
  readonly name: string;
  readonly octets: Buffer;
}

const sets: readonly (readonly [folder: string, isMessage: RegExp])[] = [
  ['odd-mail', /\/(?!LICENSE|NOTICE|README)[^/]+$/],
  ['mime4j-mimetools', /\.msg$/],
  ['bounces', /\.eml$/],
  ['html-mail-caniemail', /\.eml$/],
  ['spamassassin', /\/(?:ham|spam)\/.*\d/],
];

/** All messages of the sets, in the same order everywhere. */
export function readVectors(): Vector[] {
  return sets.flatMap(([folder, isMessage]) =>
    readdirSync(join(vectors, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => isMessage.test(path))
      .sort()
      .map((path) => ({ name: relative(vectors, path), octets: readFileSync(path) })),
  );
}

/** Tests that need the shared messages: skipped with one line where they are missing, failed in CI. */
export function describeWithVectors(name: string, body: () => void): void {
  if (existsSync(vectors)) describe(name, body);
  else if (process.env['CI'] !== 'true') describe.skip(`${name} (../shared/vectors is not here)`, body);
  else test(name, () => expect.fail('CI must have ../shared/vectors'));
}

/** As SMTP wants it: CRLF line ends, no bare CR or LF, no mbox line in front, a line end at the end. */
export function withCrlf(octets: Buffer): Buffer {
  const text = octets
    .toString('latin1')
    .replace(/^From [^\n]*\n/, '')
    .replaceAll(/\r\n|\r|\n/g, '\r\n');
  return Buffer.from(text.endsWith('\r\n') ? text : `${text}\r\n`, 'latin1');
}
