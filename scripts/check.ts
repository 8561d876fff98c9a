/**
 * `npm run check`: everything that can be known without running the server. All steps run, also after one failed, so
 * that one run shows all there is to mend. `--fix` first writes what can be written by machine.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findBreaches, readSources } from '../test/architecture/layers.ts';
import { findLargeFiles } from '../test/architecture/sizes.ts';
import { checkMusts, writeMusts } from './generate-musts.ts';
import { checkProtocols, writeProtocols } from './generate-protocols.ts';

const root = join(import.meta.dirname, '..');
const fix = process.argv.includes('--fix');

/** Empty when all is well, else what to show. */
type Step = readonly [name: string, run: () => string | Promise<string>];

/** Runs a tool of node_modules; its output if it failed. */
function tool(name: string, ...args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (error) return error.message;
  return status === 0 ? '' : `${stdout}${stderr}`.trim() || `${name} ended with ${status}`;
}

const linted = ['src', 'test', 'bench', 'scripts', 'vitest.config.ts', 'vitest.soak.config.ts'];

const steps: readonly Step[] = [
  ['types', () => tool('tsc', '-p', '.')],
  ['lint', () => tool('oxlint', '--type-aware', '--deny-warnings', ...(fix ? ['--fix'] : []), ...linted)],
  ['format', () => tool('oxfmt', ...(fix ? [] : ['--check']), '.')],
  ['layers', () => findBreaches(readSources(join(root, 'src'))).join('\n')],
  ['unused', () => tool('knip', '--no-progress')],
  ['docs', () => (fix ? writeMusts() + writeProtocols() : [checkMusts(), checkProtocols()].filter(Boolean).join('\n'))],
];

const started = performance.now();
const failed: string[] = [];
for (const [name, run] of steps) {
  const begun = performance.now();
  const problem = await run();
  console.log(`${problem === '' ? 'ok    ' : 'FAILED'}  ${name.padEnd(8)} ${seconds(begun)}`);
  if (problem === '') continue;
  failed.push(name);
  console.log(problem.replaceAll(/^/gm, '        '));
}
for (const line of findLargeFiles(root)) console.log(`note    ${line}`);
console.log(
  failed.length === 0
    ? `check: all ${steps.length} steps passed in ${seconds(started)}`
    : `check: ${failed.join(', ')} failed (${seconds(started)}); \`npm run check -- --fix\` mends format, docs and some lint`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
