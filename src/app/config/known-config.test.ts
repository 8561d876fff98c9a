import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';

/** Only what is built keeps anything, so a small program is built that says what it made of a file, and how. */
let folder: string;
let program: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'posthorn-known-'));
  const entry = join(folder, 'entry.ts');
  const known = JSON.stringify(join(import.meta.dirname, 'known-config.ts'));
  writeFileSync(
    entry,
    `import { loadKnownConfig } from ${known};
     void loadKnownConfig(process.argv[2]).then(
       (loaded) => console.log(JSON.stringify(loaded)),
       (error) => console.log(String(error.message)),
     );`,
  );
  writeFileSync(join(folder, 'package.json'), '{ "version": "1.0.0" }');
  await build({
    root: join(import.meta.dirname, '../../..'),
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      ssr: true,
      target: 'node26',
      outDir: join(folder, 'dist/app'),
      rolldownOptions: { input: { main: entry }, output: { format: 'cjs', entryFileNames: '[name].js' } },
    },
  });
  writeFileSync(join(folder, 'dist/app/package.json'), '{ "type": "commonjs" }');
  program = join(folder, 'dist/app/main.js');
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load(text: string): string {
  const file = join(folder, 'posthorn.yaml');
  writeFileSync(file, text);
  // While coverage is measured no compiled code is kept: these say so.
  const unset = { NODE_DISABLE_COMPILE_CACHE: undefined, NODE_V8_COVERAGE: undefined };
  const env = { ...process.env, ...unset, NODE_COMPILE_CACHE: join(folder, 'cache') };
  return spawnSync(process.execPath, [program, file], { encoding: 'utf8', env }).stdout.trim();
}

function kept(): readonly string[] {
  return readdirSync(join(folder, 'cache'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, 'cache', name));
}

const minimal = 'hostname: mail.example.org\nlisteners: [{ ip: 127.0.0.1, smtp: 2525 }]\n';

test('what was read once is not checked again, and says the same', () => {
  const first = load(minimal);
  const [place = ''] = kept();
  expect(JSON.parse(first)).toMatchObject({ config: { hostname: 'mail.example.org' }, dataDir: join(folder, 'data') });
  expect(statSync(place).mode & 0o777).toBe(0o600);
  expect(load(minimal)).toBe(first);
  // It is really used.
  writeFileSync(place, readFileSync(place, 'utf8').replace('mail.example.org', 'kept.example.org'));
  expect(JSON.parse(load(minimal))).toMatchObject({ config: { hostname: 'kept.example.org' } });
});

test('another text is checked', () => {
  expect(JSON.parse(load(minimal.replace('2525', '2526')))).toMatchObject({
    config: { hostname: 'mail.example.org', listeners: [{ smtp: 2526 }] },
  });
  expect(load(`${minimal}nonsense: 1\n`)).toMatch(/posthorn\.yaml:3: nonsense: there is no such key/);
  expect(load(`${minimal}nonsense: 1\n`)).toMatch(/there is no such key/);
});

test('what is damaged counts for nothing', () => {
  const first = load(minimal);
  for (const damage of ['', '{', 'null', '{"key":1}']) {
    for (const place of kept()) writeFileSync(place, damage);
    expect(load(minimal)).toBe(first);
  }
});

test('what may hold a secret is kept nowhere', () => {
  for (const place of kept()) rmSync(place);
  load(`${minimal}storage: { database: "postgres://me:secret@db/mail" }\n`);
  load(`${minimal}transports: { out: { host: relay.example.net, username: me, password: secret } }\n`);
  expect(kept()).toEqual([]);
});

test('a place that cannot be written to changes nothing', () => {
  const first = load(minimal);
  const [place = ''] = kept();
  rmSync(place);
  mkdirSync(place);
  expect(load(minimal)).toBe(first);
  // Nor does half a file stay behind.
  expect(readdirSync(dirname(place)).filter((name) => name.startsWith(`${basename(place)}.`))).toEqual([]);
});
