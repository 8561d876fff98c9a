#!/usr/bin/env node
// `npm start`: installs what is missing, then runs `posthorn localserve`. Plain JavaScript for whatever Node is there.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, pinnedNode } from './ensure-installed.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
if (!ensureInstalled(root)) process.exit(1);

const args = ['localserve', ...process.argv.slice(2)];
const command =
  process.platform === 'win32'
    ? [pinnedNode(root), join(root, 'src/app/main.ts'), ...args]
    : [join(root, 'bin/posthorn'), ...args];
const child = spawn(command[0], command.slice(1), { stdio: 'inherit', shell: process.platform === 'win32' });
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  console.error(`posthorn could not be started: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code === null ? (signal === 'SIGKILL' ? 137 : 1) : code));
