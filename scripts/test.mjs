#!/usr/bin/env node
// `npm test`: installs what is missing, then everything that CI runs. Plain JavaScript for whatever Node is there.
//   npm test              types, lint, layers, unused code, docs; all tests with coverage
//   npm test -- src/mime  only the tests whose path matches, without checks and coverage
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, pinnedNode } from './ensure-installed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const filters = process.argv.slice(2);

/** Runs a script of ours on the pinned Node; true when it ended with 0. */
function run(...args) {
  return (
    spawnSync(pinnedNode(root), args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }).status === 0
  );
}

if (!ensureInstalled(root)) process.exit(1);

const checked = filters.length > 0 || run('scripts/check.ts');
const dir = mkdtempSync(join(tmpdir(), 'posthorn-test-'));
const report = join(dir, 'report.json');
// Tests of whole servers try what is shipped: bin/posthorn prefers what is built.
if (filters.length === 0 && !run('scripts/build.ts')) process.exitCode = 1;
const tested = run(
  ...['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  ...(filters.length > 0 ? filters : ['--coverage']),
);

let counts = { numPassedTests: 0, numFailedTests: tested ? 0 : 1, numPendingTests: 0 };
try {
  counts = JSON.parse(readFileSync(report, 'utf8'));
} catch {
  console.log('the test runner left no report');
}
rmSync(dir, { recursive: true, force: true });

// Tests say in their names why they are skipped.
const skipped = new Map();
for (const { assertionResults = [] } of counts.testResults ?? []) {
  for (const { status, fullName } of assertionResults) {
    const why = ['pending', 'skipped', 'todo'].includes(status) && /\(([^()]+)\)(?: [^()]*)?$/.exec(fullName)?.[1];
    if (why) skipped.set(why, (skipped.get(why) ?? 0) + 1);
  }
}
for (const [why, number] of skipped) console.log(`skipped ${number}: ${why}`);

// A failing check or a test file that did not load counts too: the last line must never look better than the run was.
const failed = Math.max(counts.numFailedTests, tested ? 0 : 1) + (checked ? 0 : 1);
console.log(checked ? '' : '\nnpm run check failed, see above');
console.log(`${counts.numPassedTests} passed, ${failed} failed, ${counts.numPendingTests} skipped`);
process.exit(failed === 0 && counts.numPassedTests > 0 ? 0 : 1);
