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

/** CPU milliseconds of all threads of a process tree so far, to the nanosecond where the kernel counts so. */
export function cpuMs(roots: readonly number[]): number | undefined {
  let total = 0;
  let found = false;
  for (const pid of processTree(roots)) {
    for (const thread of safeList(`/proc/${pid}/task`)) {
      const ns = Number(read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0]);
      if (Number.isNaN(ns)) continue;
      total += ns / 1e6;
      found = true;
    }
  }
  return found ? total : undefined;
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
