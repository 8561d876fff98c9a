import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCitations, findCommands, printProtocols } from '../../scripts/generate-protocols.ts';
import { commands as imapCommands } from '../../src/serve/imap/command-table.ts';
import { commands as smtpCommands } from '../../src/serve/smtp/commands.ts';
import { readSources } from './layers.ts';

const source = `
/** COPY. RFC 9051 section 6.4.7; COPYUID from RFC 4315
 *  section 3. */
export const copy = command({
  name: 'COPY',
  states: ['selected'],
});

/** No source at all. */
export const frob = command({
  name: 'FROB',
});
// RFC 5321 sections 4.1 and 4.5.3.1, see also RFC 2045.
`;
const sources = new Map([
  ['serve/imap/commands/copy.ts', source],
  ['serve/imap/commands/copy.test.ts', '// RFC 1 section 1'],
]);

test('citations are found with all their sections, also over a line break', () => {
  const found = findCitations(sources);
  expect([...found].map(([rfc, sections]) => [rfc, [...sections.keys()]])).toEqual([
    [9051, ['6.4.7']],
    [4315, ['3']],
    [5321, ['4.1', '4.5.3.1']],
    [2045, ['']],
  ]);
});

test('commands are found with their source, and those without one are seen', () => {
  expect(findCommands(sources)).toEqual([
    {
      protocol: 'imap',
      name: 'COPY',
      file: 'serve/imap/commands/copy.ts',
      source: 'RFC 9051 section 6.4.7; RFC 4315 section 3',
    },
    { protocol: 'imap', name: 'FROB', file: 'serve/imap/commands/copy.ts', source: undefined },
  ]);
});

test('the page names each RFC, also those that nothing cites', () => {
  const text = printProtocols(findCitations(sources), findCommands(sources), {
    9051: { title: 'IMAP4rev2', status: 'partial', note: 'not all' },
    7000: { title: 'Elsewhere', status: 'no' },
  });
  expect(text).toContain('| 9051 | IMAP4rev2 | partial | [1 file](#rfc-9051) | not all |');
  expect(text).toContain('| 7000 | Elsewhere | no |  |  |');
  expect(text).toContain(
    '| imap | COPY | `serve/imap/commands/copy.ts` | RFC 9051 section 6.4.7; RFC 4315 section 3 |',
  );
  expect(text).toContain('- 6.4.7: `serve/imap/commands/copy.ts`');
});

test('every command of the two tables is on the page, and cites its source', () => {
  const found = findCommands(readSources(join(import.meta.dirname, '../../src')));
  const namesOf = (face: string): string[] => found.filter(({ protocol }) => protocol === face).map(({ name }) => name);
  expect(namesOf('imap').sort()).toEqual(imapCommands.map(({ name }) => name).sort());
  expect(namesOf('smtp').sort()).toEqual(smtpCommands.map(({ verb }) => verb).sort());
  expect(found.filter(({ source }) => source === undefined)).toEqual([]);
});
