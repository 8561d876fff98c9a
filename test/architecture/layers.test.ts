import { expect, test } from 'vitest';
import { findBreaches, findImports, readSources } from './layers.ts';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../src');

test('the house stands: no folder imports what it may not, no cycles, every folder introduces itself', () => {
  const sources = readSources(root);
  expect(sources.size).toBeGreaterThan(20);
  expect(findBreaches(sources)).toEqual([]);
});

test('every way of importing is seen', () => {
  const text = [
    `import { a } from './a.ts';`,
    `import type { B } from "./b.ts";`,
    `import {`,
    `  c,`,
    `  type D,`,
    `} from './c.ts';`,
    `import './side.ts';`,
    `export { e } from './e.ts';`,
    `export type { F } from './f.ts';`,
    `export * as g from './g.ts';`,
    `const h = await import('./h.ts');`,
    `let i: import('./i.ts').I;`,
    `new Worker(new URL('./j.ts', import.meta.url));`,
    `import data from '../k.json' with { type: 'json' };`,
  ].join('\n');
  expect(findImports(text)).toEqual(
    [...'abc']
      .map((x) => `./${x}.ts`)
      .concat(
        './side.ts',
        [...'efghij'].map((x) => `./${x}.ts`),
        '../k.json',
      ),
  );
});

test('what only looks like an import is not one', () => {
  const text = [
    `export const a = 'from';`,
    `export function f(x: 'from' | 'to'): void {}`,
    `export type T = 'a' | 'b';`,
    `// import { x } from './x.ts';`,
    ` * import { y } from './y.ts';`,
    `  const s = "import z from './z.ts'";`,
  ].join('\n');
  expect(findImports(text)).toEqual([]);
});

/** A small house that stands; each planted breach changes one file of it. */
const clean: Readonly<Record<string, string>> = {
  'base/README.md': '# base\n',
  'base/result.ts': `export interface Result {}\n`,
  'mime/README.md': '# mime\n',
  'mime/part.ts': `import type { Result } from '../base/result.ts';\nimport { createHash } from 'node:crypto';\nexport const part = createHash;\n`,
  'net/README.md': '# net\n',
  'net/listen.ts': `import { createServer } from 'node:net';\nexport const listen = createServer;\n`,
  'store/README.md': '# store\n',
  'store/mailbox.ts': `import { DatabaseSync } from 'node:sqlite';\nexport const q = 'SELECT id FROM mailbox';\n`,
  'serve/README.md': '# serve\n',
  'serve/imap/README.md': '# imap\n',
  'serve/imap/session.ts': `import { part } from '../../mime/part.ts';\nexport const session = part;\n`,
  'serve/smtp/README.md': '# smtp\n',
  'serve/smtp/session.ts': `export const s = 'SELECT is a command of IMAP';\n`,
  'app/README.md': '# app\n',
  'app/assemble.ts': `import { session } from '../serve/imap/session.ts';\nimport { listen } from '../net/listen.ts';\n`,
};

const planted: readonly [what: string, change: Record<string, string | undefined>, breach: RegExp][] = [
  [
    'an import against the direction',
    { 'mime/a.ts': `import { q } from '../store/mailbox.ts';` },
    /mime\/ may not import store\//,
  ],
  [
    'a type import against the direction',
    { 'base/a.ts': `import type { X } from '../mime/part.ts';` },
    /base\/ may not import mime\//,
  ],
  [
    'a folder nobody listed',
    { 'extra/a.ts': `export const a = 1;`, 'extra/README.md': '#\n' },
    /not in the allow-list/,
  ],
  ['a file outside of all folders', { 'a.ts': `export const a = 1;` }, /directly in src/],
  [
    'a cycle of two files',
    { 'base/a.ts': `import { b } from './b.ts';`, 'base/b.ts': `import type { a } from './a.ts';` },
    /^cycle: /,
  ],
  [
    'a cycle of three files',
    {
      'base/a.ts': `import './b.ts';`,
      'base/b.ts': `export { c } from './c.ts';`,
      'base/c.ts': `const a = import('./a.ts');`,
    },
    /^cycle: .*→.*→.*→/,
  ],
  ['I/O in a pure folder', { 'mime/a.ts': `import { readFile } from 'node:fs/promises';` }, /pure and may not import/],
  ['a socket outside net/', { 'serve/smtp/a.ts': `import net from 'node:net';` }, /sockets are for/],
  ['a lazy socket outside net/', { 'store/a.ts': `const d = await import('node:dns/promises');` }, /sockets are for/],
  [
    'one face importing another',
    { 'serve/smtp/a.ts': `import { session } from '../imap/session.ts';` },
    /serve\/smtp may not import serve\/imap/,
  ],
  ['something importing app/', { 'net/a.ts': `import { a } from '../app/assemble.ts';` }, /net\/ may not import app\//],
  ['SQL outside store/', { 'serve/imap/a.ts': 'const q = `SELECT uid\n  FROM entry`;' }, /SQL outside store/],
  ['lower-case SQL outside store/', { 'app/a.ts': `db.exec('delete from entry where 1');` }, /SQL outside store/],
  ['a database driver outside store/', { 'app/a.ts': `import pg from 'pg';` }, /pg belongs in store/],
  ['a barrel', { 'base/index.ts': `export { x } from './result.ts';` }, /no barrels/],
  ['a star export', { 'base/all.ts': `export * from './result.ts';` }, /no barrels/],
  ['a default export', { 'base/a.ts': `export default class A {}` }, /default export/],
  ['a folder without README', { 'serve/imap/README.md': undefined }, /serve\/imap\/: has no README/],
  ['a README that is too long', { 'base/README.md': 'x\n'.repeat(41) }, /41 lines/],
  ['a vague name', { 'base/utils.ts': `export const a = 1;` }, /says nothing/],
  ['an import of a test', { 'base/a.ts': `import './b.test.ts';`, 'base/b.test.ts': '' }, /imports the test/],
  [
    'an import of what only tests use',
    { 'net/a.ts': `import './testing/b.ts';`, 'net/testing/b.ts': `import 'vitest';` },
    /imports the test/,
  ],
  ['an import from outside src/', { 'net/a.ts': `import '../../test/x.ts';` }, /outside src/],
];

test('the small house has no breaches', () => {
  expect(findBreaches(new Map(Object.entries(clean)))).toEqual([]);
});

for (const [what, change, breach] of planted) {
  test(`a planted breach is found: ${what}`, () => {
    const sources = new Map(Object.entries(clean));
    for (const [path, text] of Object.entries(change)) {
      if (text === undefined) sources.delete(path);
      else sources.set(path, text);
    }
    const found = findBreaches(sources);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(breach);
  });
}
