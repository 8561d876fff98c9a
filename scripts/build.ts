/**
 * `npm run build`: the program as a few large files of JavaScript in dist/app, for the published package (Node strips no
 * types below node_modules) and for a start in half the time. The threads' files are entries of their own. And in
 * dist/packages what others import (`exports` in package.json), file by file with its types.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build } from 'vite';
import type { Plugin } from 'vite';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src');
/** `bin/posthorn` runs what is built only while no source is newer than this file. */
const stamp = join(root, 'dist/built');

/** How a thread's file is named to who starts it: `NAME-thread.ts`, by its address beside the source that says it. */
const threadAddress = /new URL\('\.\/([a-z-]+-thread)\.ts', import\.meta\.url\)/g;

function findThreads(): readonly string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .flatMap((path) =>
      Array.from(readFileSync(join(source, path), 'utf8').matchAll(threadAddress), ([, name = '']) =>
        join(source, dirname(path), `${name}.ts`),
      ),
    );
}

/** All that is built lies in one folder, so a thread stays beside who starts it. */
const threadAddresses: Plugin = {
  name: 'thread-addresses',
  enforce: 'pre',
  transform: (code) => code.replaceAll(threadAddress, "new URL('./$1.js', import.meta.url)"),
};

/** A thread that is started in another way than `threadAddress` would be missing, and nobody would notice before it is needed. */
function checkThreads(folder: string): void {
  for (const file of readdirSync(folder)) {
    const address = /new URL\([^)]*-thread\.ts[^)]*\)/.exec(readFileSync(join(folder, file), 'utf8'))?.[0];
    if (address !== undefined) throw new Error(`${file} has ${address}, which is not built; see threadAddress`);
  }
}

/** Text of ASCII alone takes half the memory and is read faster; what is none stands in literals only. */
function escapeToAscii(folder: string): void {
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(/[^\0-\x7f]/g, escape));
  }
}

const begun = new Date();
rmSync(join(root, 'dist'), { recursive: true, force: true });
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  plugins: [threadAddresses],
  // What every start needs goes in; what few need stays in node_modules and is loaded when it is used.
  ssr: { noExternal: true, external: ['iconv-lite', 'pg', 's3mini', 'tr46'] },
  build: {
    ssr: true,
    target: 'node26',
    outDir: join(root, 'dist/app'),
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(
        [join(source, 'app/main.ts'), ...findThreads()].map((path) => [basename(path, '.ts'), path]),
      ),
      // Comments are a fifth of the text, and all of it is read at each start.
      // CommonJS takes of Node's own modules what is used; an import looks at every export, and that loads much more.
      output: { format: 'cjs', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js', comments: false },
    },
  },
});
checkThreads(join(root, 'dist/app'));
escapeToAscii(join(root, 'dist/app'));
writeFileSync(join(root, 'dist/app/package.json'), '{ "type": "commonjs" }\n');
const emitted = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.packages.json'], {
  ...{ cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
});
if (emitted.status !== 0) throw new Error(`the packages were not built: ${emitted.stdout}${emitted.stderr}`);
writeFileSync(stamp, '');
// What was changed while we built counts as newer.
utimesSync(stamp, begun, begun);
