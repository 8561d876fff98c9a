import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/serve/imap/command-table.ts';

const sources = join(import.meta.dirname, '../../src/serve/imap');
const folder = join(import.meta.dirname, 'imap');

/** Codes and commands that no transcript can show, and the test that does. */
const shownElsewhere: ReadonlyMap<string, string> = new Map([
  ['SERVERBUG', 'test/transcripts/imap-pipelined-append.test.ts'],
  ['INPROGRESS', 'src/serve/imap/progress.test.ts'],
  ['URLMECH', 'test/transcripts/imap-urlauth.test.ts'],
  ['RESETKEY', 'test/transcripts/imap-urlauth.test.ts'],
  ['GENURLAUTH', 'test/transcripts/imap-urlauth.test.ts'],
  ['URLFETCH', 'test/transcripts/imap-urlauth.test.ts'],
]);

/** The ways in which the source names a response code. */
const patterns: readonly RegExp[] = [
  /new (?:No|Bad|Bye)\((?:'[^']*'|`[^`]*`|[^,;]*),\s*[`']([A-Z][A-Z0-9-]+)/g,
  /\b(?:OK|NO|BAD|BYE|PREAUTH) \[([A-Z][A-Z0-9-]+)[ \]]/g,
  /\bcode: [`']([A-Z][A-Z0-9-]+)/g,
  /[`']([A-Z]{3,}(?:UID|URL)) /g,
  /(?:bye|stop|answerBad)\([^;]*?'([A-Z]{5,})'\)/g,
];

function sourceFiles(): readonly string[] {
  return readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(sources, name), 'utf8'));
}

function transcripts(): readonly (readonly string[])[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .map((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
}

/** How each command was answered: `NOOP OK`, `UID FETCH BAD`. */
function answers(lines: readonly string[]): Set<string> {
  const named = new Map<string, string>();
  const found = new Set<string>();
  for (const line of lines) {
    const client = /^C(\d?): (\S+) ((?:UID )?[a-z]+)/i.exec(line);
    if (client !== null) named.set(`${client[1]} ${client[2]}`, (client[3] ?? '').toUpperCase());
    const server = /^S(\d?): (\S+) (OK|NO|BAD) /.exec(line);
    const name = server && named.get(`${server[1]} ${server[2]}`);
    if (name) found.add(`${name} ${server?.[3]}`);
  }
  return found;
}

describe('what the transcripts of IMAP show', () => {
  test('every response code that the source can send', () => {
    const codes = new Set<string>();
    for (const text of sourceFiles()) {
      for (const pattern of patterns) for (const [, code = ''] of text.matchAll(pattern)) codes.add(code);
    }
    expect(codes.size).toBeGreaterThan(40);
    const shown = new Set<string>(shownElsewhere.keys());
    for (const line of transcripts().flat()) {
      const code = /^S\d?: \S+ (?:OK|NO|BAD|BYE|PREAUTH) \[([A-Z0-9-]+)/.exec(line)?.[1];
      if (code !== undefined) shown.add(code);
    }
    expect([...codes].filter((code) => !shown.has(code))).toEqual([]);
  });

  test('what is shown elsewhere is', () => {
    for (const [name, path] of shownElsewhere) {
      expect(readFileSync(join(import.meta.dirname, '../..', path), 'utf8')).toContain(name);
    }
  });

  test('every command, done and refused', () => {
    const found = new Set(transcripts().flatMap((lines) => [...answers(lines)]));
    const missing: string[] = [];
    for (const { name } of commands.filter(({ name }) => !shownElsewhere.has(name))) {
      if (!found.has(`${name} OK`)) missing.push(`${name} OK`);
      if (!found.has(`${name} NO`) && !found.has(`${name} BAD`)) missing.push(`${name} refused`);
    }
    expect(missing).toEqual([]);
  });
});
