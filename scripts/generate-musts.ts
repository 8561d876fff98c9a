/**
 * Writes docs/rfc9051.md out of test/rfc9051/musts.ts: what sections 6 and 7 of RFC 9051 demand, where it is kept, and
 * which tests show it. `checkMusts` fails when the page is stale.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findShown } from '../test/rfc9051/find-musts.ts';
import { musts } from '../test/rfc9051/musts.ts';

const page = join(import.meta.dirname, '../docs/rfc9051.md');

const introduction = `# RFC 9051, sentence by sentence

Generated from \`test/rfc9051/musts.ts\` by \`npm run check -- --fix\`. Every sentence with MUST, REQUIRED or SHALL of sections 6 and 7 of
IMAP4rev2, in short and in our words; \`6.3.12-4\` is the fourth of section 6.3.12. Files are below \`src/\`, and cite the section; a
test or transcript that shows it says \`MUST 6.3.12-4\`. \`test/rfc9051/musts.test.ts\` compares all of this, and the list with the RFC.
`;

/** The page as it should be. */
function printMusts(): string {
  const shown = findShown();
  const rows = musts.map(({ id, says, kept, why }) => {
    const files = kept.map((file) => `\`${file.replace(/^serve\/imap\//, '…/')}\``).join(', ');
    const tests = [...(shown.get(id) ?? [])].map((path) => `\`${path.replace(/^.*\//, '')}\``).join(', ');
    return `| ${id} | ${says} | ${[files, why].filter(Boolean).join('; ')} | ${tests} |`;
  });
  const servers = musts.filter(({ kept }) => kept.length > 0).length;
  const count = `${musts.length} sentences, of which ${servers} bind servers. \`…/\` is \`serve/imap/\`.`;
  return [
    introduction,
    count,
    '',
    '| MUST | says | kept by | shown by |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Empty when the page is as it should be. */
export function checkMusts(): string {
  const held = existsSync(page) ? readFileSync(page, 'utf8') : '';
  return held === printMusts() ? '' : 'docs/rfc9051.md is stale: npm run check -- --fix';
}

/** Always empty. */
export function writeMusts(): string {
  writeFileSync(page, printMusts());
  return '';
}
