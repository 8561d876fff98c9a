import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
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

/** A `node` that comes first in the PATH and is what it says. */
function oldNode(script: string): string {
  const folder = join(checkout, 'old');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'node'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${folder}:/usr/bin:/bin`;
}

test.each([
  ['an old one', 'echo 12'],
  ['one that does nothing but fail', 'exit 1'],
])('the Node of the machine does not matter: %s', (_what, script) => {
  const { stdout, stderr } = spawnSync(join(checkout, 'bin/posthorn'), [], {
    ...{ encoding: 'utf8', cwd: '/', env: { PATH: oldNode(script) } },
  });
  expect([stdout.trim(), stderr]).toEqual(['built', '']);
});

test('without the packages it says what to do', () => {
  rmSync(join(checkout, 'node_modules'));
  const { status, stderr } = spawnSync(join(checkout, 'bin/posthorn'), [], {
    ...{ encoding: 'utf8', cwd: '/', env: { PATH: oldNode('echo 12') } },
  });
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  expect(status).toBe(1);
  expect(stderr).toMatch(/^posthorn: Node 26 is missing: run "npm ci" in /);
});

test('it may be called in any way, from anywhere', () => {
  const odd = join(checkout, 'a folder with $pecial "names"');
  mkdirSync(odd);
  symlinkSync('../bin', join(odd, 'bin link'));
  symlinkSync(join(odd, 'bin link/posthorn'), join(odd, 'one'));
  symlinkSync('one', join(odd, 'two'));
  const runs = [
    ['./posthorn', join(checkout, 'bin')],
    ['bin/posthorn', checkout],
    ['../bin/posthorn', odd],
    [join(odd, 'two'), '/'],
    ['./bin link/posthorn', odd],
  ] as const;
  for (const [command, cwd] of runs) {
    const { stdout, stderr } = spawnSync(command, [], { encoding: 'utf8', cwd });
    expect([command, stdout.trim(), stderr]).toEqual([command, 'built', '']);
  }
  const found = spawnSync('sh', ['-c', 'two'], { encoding: 'utf8', cwd: '/', env: { PATH: `${odd}:/usr/bin:/bin` } });
  expect(found.stdout.trim()).toBe('built');
});

test('what runs before the pinned Node is there is read by any Node since version 12', () => {
  for (const name of ['start.mjs', 'ensure-installed.mjs', 'with-node.mjs', 'prepare.mjs']) {
    const text = readFileSync(join(root, 'scripts', name), 'utf8');
    expect([name, /\?\?|\?\.(?!\d)|^await |\.at\(|replaceAll|#\w+[ (;]/m.exec(text)?.[0]]).toEqual([name, undefined]);
  }
});
