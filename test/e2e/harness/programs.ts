/** Mail programs of the system. Tests use those that are there and say which are missing; in CI all must be there. */
import { spawn, spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const isCi = process.env['CI'] === 'true';

/** Whether a program can be run here. */
export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { stdio: 'ignore' }).status === 0;
}

/** A test that drives a program of the system: skipped with a clear name where it is missing, failed in CI. */
export function testWith(program: string, name: string, run: () => Promise<void>): void {
  if (hasProgram(program)) return test(name, run);
  if (!isCi) return test.skip(`${name} (${program} is not installed)`, run);
  test(name, () => expect.fail(`CI must have ${program}: see .ci/run`));
}

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; kills it after `seconds`. Never blocks this thread, which may serve others meanwhile. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: {
    readonly input?: string | Uint8Array;
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly seconds?: number;
  } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), (options.seconds ?? 60) * 1000);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('latin1').on('data', (text: string) => (stderr += text));
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr });
    });
  });
}

/** As `runProgram`; anything but status 0 throws with what the program said. */
export async function mustRun(...call: Parameters<typeof runProgram>): Promise<Finished> {
  const done = await runProgram(...call);
  if (done.status !== 0) {
    throw new Error(`${call[0]} ${call[1].join(' ')} ended with ${done.status}:\n${done.stdout}${done.stderr}`);
  }
  return done;
}
