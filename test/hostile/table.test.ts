import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** `| input | \`file\`: words of the test · … |` */
function readTable(): readonly { readonly input: string; readonly file: string; readonly words: string }[] {
  const rows = readFileSync(join(root, 'docs/hostile-inputs.md'), 'utf8').split('\n').slice(7);
  return rows.flatMap((row) => {
    const [, input = '', tests = ''] = row.split('|').map((cell) => cell.trim());
    if (input === '' || input.startsWith('**')) return [];
    return tests.split(' · ').map((each) => {
      const [, file = '', words = ''] = /^`([^`]+)`: (.+)$/.exec(each) ?? [];
      return { input, file, words };
    });
  });
}

test('every bad input of the table has the tests that it names', () => {
  const table = readTable();
  expect(table.length).toBeGreaterThan(60);
  const missing = table.filter(({ file, words }) => {
    if (file === '' || !existsSync(join(root, file))) return true;
    return !readFileSync(join(root, file), 'utf8').includes(words);
  });
  expect(missing).toEqual([]);
});
