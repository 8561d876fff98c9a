/** Debian's python3-dkim: written by others, and what many mail systems verify with. And odd texts for it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';

const python = '/usr/bin/python3';
export const hasDkimpy = spawnSync(python, ['-c', 'import dkim, nacl']).status === 0;

/** For each message, whether each of its signatures verifies with these DNS records. */
export function verifyWithDkimpy(
  records: Readonly<Record<string, string | undefined>>,
  messages: readonly Buffer[],
): readonly (readonly boolean[])[] {
  const run = spawnSync(python, [join(import.meta.dirname, 'verify-with-dkimpy.py')], {
    input: JSON.stringify({ records, messages: messages.map((each) => each.toString('base64')) }),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (run.stderr !== '') throw new Error(run.stderr);
  return run.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as boolean[]);
}

const piece = fc.constantFrom(
  ' ',
  '\t',
  '\r\n',
  'a',
  'B',
  'ä',
  '\xff',
  '.',
  ';',
  '=',
  ':',
  'b=',
  '<a@b.example>',
  '\r\n\r\n',
);
/** What canonicalizations stumble over. */
export const oddText = fc.string({ unit: piece, maxLength: 80 });
