import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The ids (`6.1.1-2`) of all sentences with MUST, REQUIRED or SHALL in sections 6 and 7 of the RFC's text, in order. */
export function findMusts(text: string): string[] {
  const ids: string[] = [];
  let section = '';
  let count = 0;
  // The sections begin after the table of contents, whose lines are indented.
  const lines = text.slice(text.search(/^6\. {2}Client Commands$/m)).split('\n');
  for (const { text: paragraph, isHeading } of paragraphsOf(lines)) {
    const title = isHeading ? /^[\d.]+(?=\. )/.exec(paragraph)?.[0] : undefined;
    if (title === undefined) {
      for (const sentence of paragraph.split(/(?<=[.:;!?])\s+(?=[A-Z("[])/)) {
        if (/\b(?:MUST|REQUIRED|SHALL)\b/.test(sentence)) ids.push(`${section}-${++count}`);
      }
    } else if (/^[67]\b/.test(title)) {
      section = title;
      count = 0;
    } else {
      break;
    }
  }
  return ids;
}

/** Headings alone, other lines up to the next blank one together. */
function* paragraphsOf(lines: Iterable<string>): Generator<{ readonly text: string; readonly isHeading: boolean }> {
  let paragraph: string[] = [];
  for (const line of lines) {
    const isHeading = /^\d/.test(line);
    if (!isHeading && line.trim() !== '') {
      paragraph.push(line.trim());
      continue;
    }
    if (paragraph.length > 0) yield { text: paragraph.join(' '), isHeading: false };
    paragraph = [];
    if (isHeading) yield { text: line, isHeading };
  }
  if (paragraph.length > 0) yield { text: paragraph.join(' '), isHeading: false };
}

/** Which tests and transcripts say `MUST 6.1.1-2, 6.1.1-3` of what they show: id to paths. */
export function findShown(): Map<string, Set<string>> {
  const shown = new Map<string, Set<string>>();
  for (const folder of ['test', 'src']) {
    for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      if (!/\.test\.ts$|\.txt$/.test(path) || path.startsWith('rfc9051')) continue;
      const text = readProjectFile(join(folder, path));
      for (const [, ids = ''] of text.matchAll(/\bMUST ([67][\d.]*-\d+(?:(?:, | and )[67][\d.]*-\d+)*)/g)) {
        for (const id of ids.split(/, | and /)) {
          shown.set(id, (shown.get(id) ?? new Set()).add(`${folder}/${path}`));
        }
      }
    }
  }
  return shown;
}

/** A file below the root, as text. */
export function readProjectFile(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
