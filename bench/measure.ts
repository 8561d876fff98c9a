/** Runs one scenario once: time, CPU of the server and of this process, and how busy the machine was with other things. */
import { cpuBetween, cpuTime, machineCpuMs } from './machine/process-usage.ts';
import type { Bench, Done, Scenario } from './scenario.ts';

export interface Measured {
  readonly ops: number;
  readonly seconds: number;
  readonly opsPerSec: number;
  /** CPU milliseconds of the server's processes for each operation; undefined where the processes are unknown. */
  readonly serverCpuMs: number | undefined;
  readonly clientCpuMs: number;
  /** CPUs' worth of work that neither the server nor this process did meanwhile: above 0.3, trust times little. */
  readonly noise: number | undefined;
  readonly figures: Readonly<Record<string, number>>;
}

/** Waits until the server does nothing, ten seconds at most: indexing and the like run after the answer. */
async function quiet(bench: Bench): Promise<void> {
  for (let i = 0; i < 50; i++) {
    const before = cpuTime(bench.target.pids());
    if (!before) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
    if ((cpuBetween(before, cpuTime(bench.target.pids())) ?? 0) < 20) return;
  }
}

/** Prepares (not measured) and measures. */
export async function measure(scenario: Scenario, bench: Bench): Promise<Measured> {
  await scenario.prepare?.(bench);
  await quiet(bench);
  const pids = bench.target.pids();
  const [server, machine, client, begun] = [cpuTime(pids), machineCpuMs(), process.cpuUsage(), performance.now()];
  const done = await scenario.run(bench);
  const wallMs = performance.now() - begun;
  const used = process.cpuUsage(client);
  const clientMs = (used.user + used.system) / 1000;
  const serverMs = cpuBetween(server, cpuTime(bench.target.pids()));
  const countedMs = done.serverCpuMs ?? serverMs;
  const machineMs = difference(machineCpuMs(), machine);
  const seconds = done.seconds ?? wallMs / 1000;
  return {
    ops: done.ops,
    seconds,
    opsPerSec: done.ops / seconds,
    serverCpuMs: countedMs === undefined || isRestarted(scenario, done) ? undefined : countedMs / done.ops,
    clientCpuMs: clientMs / done.ops,
    noise:
      machineMs === undefined || serverMs === undefined
        ? undefined
        : Math.max(0, machineMs - serverMs - clientMs) / wallMs,
    figures: done.figures ?? {},
  };
}

/** Another process than at the beginning: what it used cannot be told from the difference. */
function isRestarted(scenario: Scenario, done: Done): boolean {
  return scenario.needs === 'control' && done.serverCpuMs === undefined;
}

function difference(after: number | undefined, before: number | undefined): number | undefined {
  return after === undefined || before === undefined ? undefined : after - before;
}

/** The middle of the runs, figure by figure. */
export function median(runs: readonly Measured[]): Measured | undefined {
  const [first] = runs;
  if (!first) return undefined;
  const middle = (pick: (run: Measured) => number | undefined): number | undefined => {
    const sorted = runs.flatMap((run) => pick(run) ?? []).sort((a, b) => a - b);
    return sorted[(sorted.length - 1) >> 1];
  };
  const figures = Object.keys(first.figures).map((name) => [name, middle((run) => run.figures[name]) ?? 0] as const);
  return {
    ops: first.ops,
    seconds: middle((run) => run.seconds) ?? 0,
    opsPerSec: middle((run) => run.opsPerSec) ?? 0,
    serverCpuMs: middle((run) => run.serverCpuMs),
    clientCpuMs: middle((run) => run.clientCpuMs) ?? 0,
    noise: middle((run) => run.noise),
    figures: Object.fromEntries(figures),
  };
}
