#!/usr/bin/env node
// `with-node.mjs FILE ARGUMENT…` runs FILE on the pinned Node. Plain JavaScript for whatever Node is there.
import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, pinnedNode } from './ensure-installed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (process.argv.length < 3) {
  console.error('usage: with-node.mjs FILE ARGUMENT…');
  process.exit(2);
}
if (!ensureInstalled(root)) process.exit(1);
const { status, error } = spawnSync(pinnedNode(root), process.argv.slice(2), {
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (error) console.error(error.message);
process.exit(status === null ? 1 : status);
