/** Counts a server's fsync, fdatasync and the like with strace, which slows it: never while time is measured. */
import { spawn, spawnSync } from 'node:child_process';
import { processTree } from './process-usage.ts';

/** Whether strace is there and may look at other processes. */
export function canCountSyncs(): boolean {
  return spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0;
}

/** Calls that force data to the disk, made by the process tree while `work` runs. Undefined where strace cannot attach. */
export async function countSyncs(roots: readonly number[], work: () => Promise<unknown>): Promise<number | undefined> {
  const pids = processTree(roots).flatMap((pid) => ['-p', String(pid)]);
  const calls = 'trace=fsync,fdatasync,sync_file_range,msync,sync,syncfs';
  const strace = spawn('strace', ['-f', '-c', '-e', calls, ...pids], { stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  const attached = new Promise<boolean>((resolve) => {
    strace.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (/attached/.test(output)) resolve(true);
    });
    strace.once('error', () => resolve(false));
    strace.once('exit', () => resolve(false));
  });
  if (!(await attached)) return undefined;
  const ended = new Promise<void>((resolve) => strace.once('close', () => resolve()));
  try {
    await work();
  } finally {
    strace.kill('SIGINT');
    await ended;
  }
  return [...output.matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?\w*sync\w*$/gm)].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  );
}
