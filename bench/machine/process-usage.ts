/** What a process and all its children use, from /proc. On other systems the figures are missing, not wrong. */
import { readdirSync, readFileSync } from 'node:fs';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The process ids of `roots` and all their descendants. */
export function processTree(roots: readonly number[]): number[] {
  const children = new Map<number, number[]>();
  for (const name of safeList('/proc')) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    if (stat === undefined) continue;
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const tree = [...roots];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** CPU time of a process tree so far, by two clocks of the kernel. */
export interface CpuTime {
  /** To the nanosecond, but forgets threads that ended. */
  readonly fineMs: number;
  /** In ticks of 10 ms, threads that ended included. */
  readonly coarseMs: number;
}

/** CPU time of a process tree so far; undefined where there is no process or no /proc. */
export function cpuTime(roots: readonly number[]): CpuTime | undefined {
  let [fineMs, coarseMs, found] = [0, 0, false];
  for (const pid of processTree(roots)) {
    const stat = read(`/proc/${pid}/stat`);
    if (stat === undefined) continue;
    found = true;
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    coarseMs += (Number(fields[11]) + Number(fields[12])) * 10;
    for (const thread of safeList(`/proc/${pid}/task`)) {
      fineMs += Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0) / 1e6;
    }
  }
  return found ? { fineMs, coarseMs } : undefined;
}

/** CPU milliseconds between two moments: the fine clock, unless a thread ended meanwhile. */
export function cpuBetween(before: CpuTime | undefined, after: CpuTime | undefined): number | undefined {
  if (!before || !after) return undefined;
  const coarse = after.coarseMs - before.coarseMs;
  const fine = after.fineMs - before.fineMs;
  return fine < coarse - 30 ? coarse : fine;
}

/** Octets of memory that belong to a process tree, shared pages counted by share (PSS). */
export function memoryBytes(roots: readonly number[]): number | undefined {
  let total = 0;
  for (const pid of processTree(roots)) {
    const kb = /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1];
    total += Number(kb ?? 0) * 1024;
  }
  return total > 0 ? total : undefined;
}

/** CPU milliseconds that all processes of the machine used so far, in ticks of 10 ms. */
export function machineCpuMs(): number | undefined {
  const fields = /^cpu\s+(.*)$/m
    .exec(read('/proc/stat') ?? '')?.[1]
    ?.split(' ')
    .map(Number);
  if (!fields) return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = fields;
  return (user + nice + system + irq + softirq) * 10;
}

function safeList(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
