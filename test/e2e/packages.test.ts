/** What others import from the package works as its pages say: built, outside of this repository, with types. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const tsc = join(root, 'node_modules/.bin/tsc');
const folder = mkdtempSync(join(tmpdir(), 'posthorn-packages-'));
const installed = join(folder, 'node_modules/posthorn');
const names = ['imap-client', 'mime', 'sasl', 'smtp-client'] as const;

beforeAll(() => {
  mkdirSync(installed, { recursive: true });
  cpSync(join(root, 'package.json'), join(installed, 'package.json'));
  execFileSync(tsc, ['-p', 'tsconfig.packages.json', '--outDir', join(installed, 'dist/packages')], { cwd: root });
  for (const name of ['iconv-lite', '@types'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  for (const name of names) writeFileSync(join(folder, `${name}.ts`), firstExample(name));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function firstExample(name: string): string {
  const [, example] = /```ts\n([^]*?)```/.exec(readFileSync(join(root, `docs/${name}.md`), 'utf8')) ?? [];
  if (example === undefined) throw new Error(`docs/${name}.md has no example`);
  return example;
}

function run(name: string): string {
  return execFileSync(process.execPath, [join(folder, `${name}.ts`)], { cwd: folder, encoding: 'utf8' });
}

test('the first example of each page has the types that it needs', () => {
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--noEmit'];
  const modules = ['--module', 'nodenext', '--target', 'esnext', '--types', 'node'];
  expect(() =>
    execFileSync(tsc, [...strict, ...modules, ...names.map((name) => `${name}.ts`)], { cwd: folder }),
  ).not.toThrow();
});

test('posthorn/mime reads a message', () => {
  expect(run('mime')).toBe("René <rene@example.org>\n[ 'rene@example.org' ]\ntext plain 8 naïve\r\n\n");
});

test('posthorn/sasl chooses the strongest mechanism', () => {
  expect(run('sasl')).toBe('SCRAM-SHA-256\n');
});

test('posthorn/smtp-client says what went wrong', () => {
  const source = `import { SmtpClient, SmtpError } from 'posthorn/smtp-client';
    const options = { host: '127.0.0.1', port: 1, tls: 'none', ehloName: 'desk.example.org' } as const;
    await SmtpClient.connect(options).catch((error) => console.log(error instanceof SmtpError, error.step, error.permanence));`;
  writeFileSync(join(folder, 'refused.ts'), source);
  expect(run('refused')).toBe('true CONNECT temporary\n');
});
