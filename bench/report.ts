/** Figures as text: one line for each scenario and target. */
import type { MachineLimits } from './machine/limits.ts';
import type { Measured } from './measure.ts';
import type { Scenario } from './scenario.ts';

export interface Row {
  readonly scenario: Scenario;
  readonly target: string;
  readonly measured: Measured | undefined;
  readonly syncsPerOp: number | undefined;
  /** Why there is no figure. */
  readonly skipped: string | undefined;
}

/** Three digits that matter. */
export function printNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return value
    .toPrecision(3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

export const header = `${'scenario'.padEnd(24)} ${'ops/s'.padStart(10)} ${'of bound'.padStart(9)} ${'CPU ms/op'.padStart(10)} ${'client'.padStart(8)} ${'syncs/op'.padStart(9)} ${'noise'.padStart(6)}  further`;

/** `named`: with the target's name, where several are measured. */
export function printRow(row: Row, limits: MachineLimits, named: boolean): string {
  const { scenario, measured, syncsPerOp } = row;
  const name = scenario.name.padEnd(24);
  const target = named ? `  [${row.target}]` : '';
  if (!measured) return `${name} left out: ${row.skipped ?? ''}${target}`;
  const bound = scenario.bound?.(limits);
  const share = bound === undefined ? '' : `${Math.round((100 * measured.opsPerSec) / bound)} %`;
  const further = Object.entries(measured.figures).map(([unit, value]) => `${printNumber(value)} ${unit}`);
  return [
    name,
    printNumber(measured.opsPerSec).padStart(10),
    share.padStart(9),
    printNumber(measured.serverCpuMs).padStart(10),
    printNumber(measured.clientCpuMs).padStart(8),
    printNumber(syncsPerOp).padStart(9),
    printNumber(measured.noise).padStart(6),
    ` ${further.join(', ')}${target}`,
  ].join(' ');
}

/** New against old: above 1 is faster, below 1 in CPU is leaner. */
export function printComparison(scenario: Scenario, ours: Row, theirs: Row): string {
  const name = scenario.name.padEnd(24);
  const [a, b] = [ours.measured, theirs.measured];
  if (!a || !b) return `${name} left out: ${ours.skipped ?? theirs.skipped ?? ''}`;
  const cpu = a.serverCpuMs !== undefined && b.serverCpuMs !== undefined ? a.serverCpuMs / b.serverCpuMs : undefined;
  return `${name} speed × ${printNumber(a.opsPerSec / b.opsPerSec).padEnd(6)} CPU × ${printNumber(cpu).padEnd(6)} of ${theirs.target}`;
}
