/**
 * The layer rules of docs/architecture.md, read from the import statements of `src/`. Type imports count: what a file
 * must know to compile is what it depends on. TypeScript 7 has no JavaScript API, so statements are found by their
 * shape at the beginning of a line, which the formatter guarantees.
 */
import { dirname, join, posix } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';

/** Path below `src/`, with `/`, to source text. Also READMEs. */
export type Sources = ReadonlyMap<string, string>;

/** What each folder of `src/` may import, besides itself. A folder that is not listed may not exist. */
export const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  mime: ['base'],
  wire: ['base', 'mime'],
  checks: ['base', 'mime'],
  filter: ['base', 'mime'],
  net: ['base'],
  clients: ['base', 'mime', 'wire', 'net'],
  observe: ['base'],
  store: ['base', 'mime'],
  directory: ['base', 'mime', 'store'],
  queue: ['base', 'mime', 'store'],
  submit: ['base', 'mime', 'checks', 'directory', 'store', 'queue'],
  receive: ['base', 'mime', 'checks', 'filter', 'directory', 'store', 'queue', 'submit'],
  relay: ['base', 'mime', 'wire', 'checks', 'net', 'clients', 'queue'],
  serve: ['base', 'mime', 'wire', 'directory', 'store', 'submit', 'receive'],
  app: [
    ...['base', 'mime', 'wire', 'checks', 'filter', 'net', 'clients', 'observe', 'store', 'directory', 'queue'],
    ...['submit', 'receive', 'relay', 'serve'],
  ],
};

/** Folders that do no I/O at all may use only these of Node's modules. */
const pureFolders = new Set(['base', 'mime', 'wire', 'filter']);
const pureModules = new Set([
  ...['node:buffer', 'node:crypto', 'node:util', 'node:string_decoder', 'node:assert'],
  // To load a large table when it is needed.
  'node:module',
]);

/** Modules that open sockets, and the folders that may. */
const socketModules = new Set(['net', 'tls', 'http', 'https', 'http2', 'dgram', 'dns', 'dns/promises', 'quic']);
const socketFolders = new Set(['net', 'app']);

/** Packages and modules that belong to one place. */
const homeOf: Readonly<Record<string, readonly string[]>> = {
  'node:sqlite': ['store'],
  pg: ['store'],
  s3mini: ['store'],
  jose: ['clients'],
  commander: ['app'],
  yaml: ['app'],
};

const vagueNames = /^(utils?|helpers?|common|misc|manager|service|lib)(\.ts)?$/;
const readmeLines = 40;

const statement =
  /^(?:import|export)\s(?:[^'"`;=()]*?\bfrom\s*)?['"]([^'"\n]+)['"]|\b(?:import|require)\(\s*['"]([^'"\n]+)['"]|new URL\(\s*['"](\.[^'"\n]+\.ts)['"]/gm;

/** Specifiers of everything a source text imports, in any way. */
export function findImports(text: string): string[] {
  return [...text.matchAll(statement)].flatMap((m) => m[1] ?? m[2] ?? m[3] ?? []);
}

/** Reads all TypeScript files and READMEs below `root`. */
export function readSources(root: string): Sources {
  const found = new Map<string, string>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.ts$|^README\.md$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    found.set(path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
  }
  return found;
}

/** Tests, and what only tests use: the folders named `testing/`, which may import anything and which nothing else may import. */
const isTest = (path: string): boolean => /\.(?:test|contract)\.ts$|\/testing\//.test(path);
const folderOf = (path: string): string => path.split('/', 1)[0] ?? '';

/** The face a path below `serve/` belongs to, if it belongs to one. */
function faceOf(path: string): string | undefined {
  const [folder, face, rest] = path.split('/');
  return folder === 'serve' && rest !== undefined ? face : undefined;
}

/** Every breach of the rules, one line each, sorted. An empty answer means the house stands. */
export function findBreaches(sources: Sources): string[] {
  const breaches: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, text] of sources) {
    if (!path.endsWith('.ts')) continue;
    breaches.push(...nameBreaches(path), ...exportBreaches(path, text), ...sqlBreaches(path, text));
    if (isTest(path)) continue;
    const edges: string[] = [];
    for (const specifier of findImports(text)) {
      const target = specifier.startsWith('.') ? posix.join(dirname(path), specifier) : undefined;
      breaches.push(...importBreaches(path, specifier, target));
      if (target !== undefined) edges.push(target);
    }
    graph.set(path, edges);
  }
  breaches.push(...readmeBreaches(sources));
  for (const cycle of findCycles(graph)) breaches.push(`cycle: ${cycle.join(' → ')}`);
  return breaches.sort();
}

function nameBreaches(path: string): string[] {
  const found: string[] = [];
  const names = path.split('/');
  if (names.length > 1 && mayImport[folderOf(path)] === undefined) {
    found.push(`${path}: folder ${folderOf(path)}/ is not in the allow-list`);
  }
  if (names.length === 1) found.push(`${path}: no file lies directly in src/`);
  if (names.at(-1) === 'index.ts') found.push(`${path}: no barrels (index.ts)`);
  const vague = names.find((name) => vagueNames.test(name));
  if (vague !== undefined) found.push(`${path}: '${vague}' says nothing about what it does`);
  return found;
}

function exportBreaches(path: string, text: string): string[] {
  const found: string[] = [];
  if (/^export default\b/m.test(text) || /^export \{[^}]*\bas default\b/m.test(text)) {
    found.push(`${path}: default export`);
  }
  if (/^export \* from/m.test(text)) found.push(`${path}: no barrels (export *)`);
  return found;
}

const sql =
  /\b(?:SELECT\s[^;'"]{0,400}?\sFROM|INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(?:\w+\s+)?(?:TABLE|INDEX))\s|[`'"]\s*(?:select\s[^'"`]*\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|create\s+table\s)/;

function sqlBreaches(path: string, text: string): string[] {
  if (folderOf(path) === 'store' || isTest(path)) return [];
  const code = text.replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, '');
  return sql.test(code) ? [`${path}: SQL outside store/`] : [];
}

function importBreaches(path: string, specifier: string, target: string | undefined): string[] {
  if (target !== undefined) return layerBreaches(path, target);
  const folder = folderOf(path);
  const found: string[] = [];
  const isNode = specifier.startsWith('node:');
  if (isNode && pureFolders.has(folder) && !pureModules.has(specifier)) {
    found.push(`${path}: ${folder}/ is pure and may not import ${specifier}`);
  }
  if (isNode && socketModules.has(specifier.slice(5)) && !socketFolders.has(folder)) {
    found.push(`${path}: sockets are for ${[...socketFolders].join('/ and ')}/ (${specifier})`);
  }
  const home = homeOf[isNode ? specifier : packageOf(specifier)];
  if (home !== undefined && !home.includes(folder)) found.push(`${path}: ${specifier} belongs in ${home.join(', ')}/`);
  return found;
}

function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? '');
}

function layerBreaches(path: string, target: string): string[] {
  const [from, to] = [folderOf(path), folderOf(target)];
  if (target.startsWith('..')) {
    return target === '../package.json' && from === 'app' ? [] : [`${path}: imports ${target}, outside src/`];
  }
  if (isTest(target)) return [`${path}: imports the test ${target}`];
  if (from !== to) {
    return mayImport[from]?.includes(to) === true ? [] : [`${path}: ${from}/ may not import ${to}/ (${target})`];
  }
  const [face, otherFace] = [faceOf(path), faceOf(target)];
  return face !== undefined && otherFace !== undefined && face !== otherFace
    ? [`${path}: serve/${face} may not import serve/${otherFace}`]
    : [];
}

/** Folders that must introduce themselves: the first level, and each protocol of `wire/` and `serve/`. */
function readmeBreaches(sources: Sources): string[] {
  const folders = new Set<string>();
  const found: string[] = [];
  for (const [path, text] of sources) {
    const names = path.split('/');
    if (path.endsWith('README.md')) {
      const lines = text.trimEnd().split('\n').length;
      if (lines > readmeLines) found.push(`${path}: ${lines} lines, at most ${readmeLines}`);
      continue;
    }
    if (names.length > 1) folders.add(folderOf(path));
    if (names.length > 2 && (names[0] === 'wire' || names[0] === 'serve')) folders.add(`${names[0]}/${names[1]}`);
  }
  for (const folder of folders) if (!sources.has(`${folder}/README.md`)) found.push(`${folder}/: has no README.md`);
  return found;
}

/** One cycle for each knot of files that import each other, by Tarjan's strongly connected components. */
function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const visit = (node: string): void => {
    order.set(node, order.size);
    low.set(node, order.size - 1);
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
    }
    if (low.get(node) !== order.get(node)) return;
    const knot = stack.splice(stack.indexOf(node));
    if (knot.length > 1 || graph.get(node)?.includes(node) === true) cycles.push([...knot, node]);
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return cycles;
}
