/** `npm run bench`: see README.md. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { canCountSyncs, countSyncs } from './machine/count-syncs.ts';
import { startDovecot } from './dovecot.ts';
import { measureLimits, type MachineLimits } from './machine/limits.ts';
import { measure, median, type Measured } from './measure.ts';
import { parseOptions, usage, type Options } from './options.ts';
import { header, printComparison, printNumber, printRow, type Row } from './report.ts';
import { Bench, Skip, type Scenario } from './scenario.ts';
import { imapAccountScenarios } from './scenarios/imap-account.ts';
import { imapOrderScenarios } from './scenarios/imap-order.ts';
import { imapMixedScenarios } from './scenarios/imap-mixed.ts';
import { imapReadScenarios } from './scenarios/imap-read.ts';
import { imapWriteScenarios } from './scenarios/imap-write.ts';
import { loginScenarios } from './scenarios/login.ts';
import { smtpScenarios } from './scenarios/smtp.ts';
import { wholeServerScenarios } from './scenarios/whole-server.ts';
import { measureQueue } from './queue/measure-queue.ts';
import { startServer } from './server.ts';
import { parseTarget, type Target } from './target.ts';

const root = join(import.meta.dirname, '..');
const scenarios = [
  ...smtpScenarios,
  ...imapWriteScenarios,
  ...imapReadScenarios,
  ...imapOrderScenarios,
  ...imapAccountScenarios,
  ...imapMixedScenarios,
  ...wholeServerScenarios,
  ...loginScenarios,
];

async function main(options: Options): Promise<void> {
  // The queue is measured from inside: a server gives no moment at which a message was put in.
  if (options.names.includes('queue')) return measureQueue(options.quick ? 0.1 : 1);
  const chosen = choose(options);
  if (options.list)
    return scenarios.forEach((s) => console.log(`${s.name.padEnd(24)} ${s.quick ? 'quick' : 'full '}  ${s.title}`));
  if (chosen.length === 0)
    throw new TypeError(`no scenario begins with ${options.names.join(' or ')}; --list names them`);
  const dir = mkdtempSync(join(tmpdir(), 'posthorn-bench-'));
  const targets: Target[] = [];
  process.once('SIGINT', () => void finish(targets, dir).then(() => process.exit(130)));
  try {
    await startTargets(options, dir, targets);
    const limits = await measureLimits(dir);
    printMachine(limits);
    const rows: { row: Row; runs: readonly Measured[] }[] = [];
    for (const scenario of chosen) rows.push(...(await runScenario(scenario, targets, options, limits)));
    if (options.json !== undefined) writeJson(options.json, limits, rows);
  } finally {
    await finish(targets, dir);
  }
}

/** The scenarios of these names, or those that begin so; without names the quick set. */
function choose({ names, full }: Options): readonly Scenario[] {
  if (names.length === 0) return scenarios.filter((s) => full || s.quick);
  const isExact = (name: string): boolean => scenarios.some((s) => s.name === name);
  return scenarios.filter((s) => names.some((name) => (isExact(name) ? s.name === name : s.name.startsWith(name))));
}

async function startTargets(options: Options, dir: string, targets: Target[]): Promise<void> {
  if (options.target !== undefined) targets.push(parseTarget(options.target));
  else targets.push(await startServer(root, join(dir, 'ours'), 'this checkout'));
  if (options.compare !== undefined) {
    const other = checkOut(options.compare, join(dir, 'worktree'));
    targets.push(await startServer(other, join(dir, 'theirs'), options.compare));
  }
  for (const format of options.dovecot) targets.push(await startDovecot(join(dir, format), format));
}

/** A second checkout, in a temporary folder, with the same node_modules. */
function checkOut(revision: string, dir: string): string {
  const { status, stderr } = spawnSync('git', ['worktree', 'add', '--detach', dir, revision], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`git worktree: ${stderr.trim()}`);
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  return dir;
}

async function finish(targets: readonly Target[], dir: string): Promise<void> {
  await Promise.all(targets.map(async (target) => target.control?.stop()));
  const worktree = join(dir, 'worktree');
  if (existsSync(worktree)) spawnSync('git', ['worktree', 'remove', '--force', worktree], { cwd: root });
  rmSync(dir, { recursive: true, force: true });
}

/** All repetitions of a scenario, the targets taking turns. */
async function runScenario(
  scenario: Scenario,
  targets: readonly Target[],
  options: Options,
  limits: MachineLimits,
): Promise<{ row: Row; runs: readonly Measured[] }[]> {
  const benches = targets.map((target) => new Bench(target, options.quick ? 0.1 : 1));
  const runs: Measured[][] = benches.map(() => []);
  const skipped: (string | undefined)[] = benches.map((bench) => missing(scenario, bench.target));
  const begun = performance.now();
  for (let rep = 0; rep < options.reps && (rep === 0 || performance.now() - begun < options.budgetMs); rep++) {
    for (const [i, bench] of benches.entries()) {
      if (skipped[i] !== undefined) continue;
      try {
        runs[i]?.push(await measure(scenario, bench));
      } catch (error) {
        skipped[i] = error instanceof Skip ? error.message : `FAILED: ${String(error)}`;
        if (!(error instanceof Skip)) process.exitCode = 1;
      }
    }
  }
  const rows: { row: Row; runs: readonly Measured[] }[] = [];
  for (const [i, bench] of benches.entries()) {
    const measured = median(runs[i] ?? []);
    const syncsPerOp = measured && options.syncs ? await syncsOf(scenario, bench) : undefined;
    rows.push({
      row: { scenario, target: bench.target.name, measured, syncsPerOp, skipped: skipped[i] },
      runs: runs[i] ?? [],
    });
  }
  for (const { row } of rows) console.log(printRow(row, limits, rows.length > 1));
  const [ours, ...others] = rows;
  for (const theirs of others) if (ours) console.log(printComparison(scenario, ours.row, theirs.row));
  return rows;
}

/** What keeps a scenario from running against a target. */
function missing(scenario: Scenario, target: Target): string | undefined {
  switch (scenario.needs) {
    case 'control':
      return target.control ? undefined : 'needs a server that this program may restart';
    case 'recipients':
      return target.recipients.length > 0 ? undefined : 'needs fifty accounts';
    case 'imaps':
      return target.imaps && target.pids().length > 0 ? undefined : 'needs a TLS port and the process id';
    case 'pids':
      return target.pids().length > 0 ? undefined : 'needs the process id';
    case undefined:
      return undefined;
  }
}

async function syncsOf(scenario: Scenario, bench: Bench): Promise<number | undefined> {
  if (scenario.syncs !== true || !canCountSyncs()) return undefined;
  const small = new Bench(bench.target, bench.scale * (scenario.name.endsWith('all') ? 1 : 0.2));
  // Scenarios on a filled mailbox need it at its full size.
  const used = ['store-all', 'store-each', 'copy', 'expunge'].includes(scenario.name) ? bench : small;
  await scenario.prepare?.(used);
  let ops = 0;
  const syncs = await countSyncs(bench.target.pids(), async () => {
    ops = (await scenario.run(used)).ops;
  });
  return syncs === undefined || ops === 0 ? undefined : syncs / ops;
}

function printMachine(limits: MachineLimits): void {
  const [cpu] = cpus();
  console.log(`${cpus().length} × ${cpu?.model ?? 'CPU'}, Node ${process.version}`);
  console.log(
    `bounds: ${printNumber(limits.syncsPerSec)} appends of 4 kB a second with fdatasync each, ` +
      `${printNumber(limits.groupedPerSec)} with one for a hundred, ${printNumber(limits.roundTripsPerSec)} loopback round trips`,
  );
  if (!canCountSyncs()) console.log('strace is not here: syncs/op is left out');
  console.log(header);
}

function writeJson(
  file: string,
  limits: MachineLimits,
  rows: readonly { row: Row; runs: readonly Measured[] }[],
): void {
  const results = rows.map(({ row, runs }) => ({
    ...{ name: row.scenario.name, title: row.scenario.title, target: row.target, skipped: row.skipped },
    ...{ median: row.measured, syncsPerOp: row.syncsPerOp, runs },
  }));
  writeFileSync(
    file,
    `${JSON.stringify({ date: new Date().toISOString(), node: process.version, limits, results }, null, 1)}\n`,
  );
}

try {
  await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof TypeError;
  console.error(isUsage ? `${error.message}\n\n${usage}` : error instanceof Error ? error.message : error);
  process.exitCode = isUsage ? 2 : 1;
}
