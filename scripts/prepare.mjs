// npm runs this after `npm ci` in a checkout: builds the program, so that it starts faster. Without the development
// packages there is nothing to build with, and `bin/posthorn` runs the sources. Plain JavaScript for whatever Node is there.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinnedNode } from './ensure-installed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (existsSync(pinnedNode(root)) && existsSync(join(root, 'node_modules/vite'))) {
  const shell = process.platform === 'win32';
  const { status } = spawnSync(pinnedNode(root), ['scripts/build.ts'], { cwd: root, stdio: ['ignore', 2, 2], shell });
  if (status !== 0) console.error('building failed; bin/posthorn runs the sources');
}
