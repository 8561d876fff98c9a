// Installs the dependencies where they are missing or not those of the lock file. Plain JavaScript of ten years ago, because it runs
// before the pinned Node is there. Exports `ensureInstalled` and `pinnedNode`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Packages of a lock file: path to version. */
function versions(file) {
  const { packages = {} } = JSON.parse(readFileSync(file, 'utf8'));
  return new Map(Object.entries(packages).filter(([path]) => path !== ''));
}

/** Whether node_modules holds what the lock file names. Optional packages (other platforms' binaries) may be missing. */
export function isInstalled(root) {
  try {
    const wanted = versions(join(root, 'package-lock.json'));
    const held = versions(join(root, 'node_modules/.package-lock.json'));
    for (const [path, { version, optional, dev, link }] of wanted) {
      if (link) continue;
      const mine = held.get(path);
      if (mine === undefined ? !optional && !(dev && process.env.NODE_ENV === 'production') : mine.version !== version)
        return false;
    }
    return existsSync(pinnedNode(root));
  } catch {
    return false;
  }
}

/** The Node of this project; it comes as a package, so that everyone runs the same one. */
export function pinnedNode(root) {
  return join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
}

/** Runs `npm ci` if needed. Returns false, after a line that says what to do, when that did not work. */
export function ensureInstalled(root) {
  if (isInstalled(root)) return true;
  console.error('installing dependencies (npm ci) …');
  const { npm_execpath: script = '' } = process.env;
  const npm = script.endsWith('.js') ? [process.execPath, script] : ['npm'];
  const { status, error } = spawnSync(npm[0], [...npm.slice(1), 'ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0)
    console.error(`npm ci failed${error ? ` (${error.message})` : ''}: is the package registry reachable?`);
  else if (!existsSync(pinnedNode(root)))
    console.error(
      `there is no Node 26 package for ${process.platform}-${process.arch}: install Node 26 and link it as node_modules/.bin/node`,
    );
  else return true;
  return false;
}
