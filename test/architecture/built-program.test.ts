import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
let checkout: string;

beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'posthorn-built-'));
  mkdirSync(join(checkout, 'bin'));
  cpSync(join(root, 'bin/posthorn'), join(checkout, 'bin/posthorn'));
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  for (const folder of ['src/app', 'src/mime', 'dist/app', 'scripts'])
    mkdirSync(join(checkout, folder), { recursive: true });
  for (const file of ['package.json', 'package-lock.json', 'scripts/build.ts', 'src/mime/part.ts']) write(file, '{}');
  write('package.json', '{ "type": "module" }');
  write('src/app/main.ts', 'console.log("sources");');
  write('dist/app/main.js', 'console.log("built");');
  write('dist/built', '');
});
afterAll(() => rmSync(checkout, { recursive: true, force: true }));

function write(path: string, text: string): void {
  writeFileSync(join(checkout, path), text);
}

/** Sets everything that `bin/posthorn` compares to a time before that of the stamp. */
function age(): void {
  for (const path of ['src/app/main.ts', 'src/mime/part.ts', 'src/app', 'src/mime', 'src', 'scripts/build.ts'])
    utimesSync(join(checkout, path), 1000, 1000);
  utimesSync(join(checkout, 'package-lock.json'), 1000, 1000);
  utimesSync(join(checkout, 'dist/built'), 2000, 2000);
}

function run(): string {
  const { stdout } = spawnSync(join(checkout, 'bin/posthorn'), [], { encoding: 'utf8' });
  return stdout.trim();
}

test('a checkout runs what was built as long as nothing is newer', () => {
  age();
  expect(run()).toBe('built');
});

test.each(['src/mime/part.ts', 'src/app', 'scripts/build.ts', 'package-lock.json'])('not when %s is newer', (path) => {
  age();
  utimesSync(join(checkout, path), 3000, 3000);
  expect(run()).toBe('sources');
});

test('not after a source was removed, and not when a build was broken off', () => {
  age();
  rmSync(join(checkout, 'src/mime/part.ts'));
  expect(run()).toBe('sources');
  write('src/mime/part.ts', '{}');
  age();
  rmSync(join(checkout, 'dist/built'));
  expect(run()).toBe('sources');
});

test('a package without sources runs what was built', () => {
  rmSync(join(checkout, 'src'), { recursive: true });
  expect(run()).toBe('built');
});
