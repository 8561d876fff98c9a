/** `npm run bench -- queue`: from the queue's door to the other side's 250, with the real store and the real relay. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canCountSyncs, countSyncs } from '../machine/count-syncs.ts';
import { cpuBetween, cpuTime, memoryBytes } from '../machine/process-usage.ts';
import type { Task } from './queue-process.ts';
import { QueueProcess } from './run-queue-process.ts';
import { SmtpSink } from './smtp-sink.ts';

const sizeBytes = 4096;
const mebibyte = 1024 * 1024;

const names = (count: number): readonly string[] => Array.from({ length: count }, (_each, i) => `d${i}.example`);

/** Runs all; `scale` shrinks the counts. Prints a line for each. */
export async function measureQueue(scale: number): Promise<void> {
  const count = (full: number): number => Math.max(50, Math.round(full * scale));
  await throughput('1 destination', count(5000), names(1));
  await throughput('50 destinations', count(5000), names(50));
  if (canCountSyncs()) await syncs(count(1000), names(50));
  await oneDown(count(2500), names(50));
  await manyQueued(count(100_000), names(50));
}

async function withQueue<T>(
  changes: Partial<Task>,
  sinkOptions: { readonly silentFor?: string },
  work: (queue: QueueProcess, sink: SmtpSink, task: Task) => Promise<T>,
): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-bench-queue-'));
  const sink = await SmtpSink.start(sinkOptions);
  const base = { dataDir, port: sink.port, deliver: true, enqueue: 0, first: 0, destinations: [], impatient: false };
  const task: Task = { ...base, sizeBytes, ...changes };
  const queue = new QueueProcess(task);
  try {
    await queue.until('opened');
    return await work(queue, sink, task);
  } finally {
    await queue.kill();
    await sink.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function throughput(title: string, messages: number, destinations: readonly string[]): Promise<void> {
  await withQueue({ enqueue: messages, destinations }, {}, async (queue, sink) => {
    const before = cpuTime([queue.pid]);
    const begun = performance.now();
    await sink.untilArrived(messages);
    const seconds = (performance.now() - begun) / 1000;
    const cpu = cpuBetween(before, cpuTime([queue.pid]));
    const perMessage = cpu === undefined ? '' : `, ${(cpu / messages).toFixed(2)} ms of CPU each`;
    print(title, `${Math.round(messages / seconds)} messages/s from enqueue to 250${perMessage}`);
  });
}

async function syncs(messages: number, destinations: readonly string[]): Promise<void> {
  await withQueue({ enqueue: messages, destinations }, {}, async (queue, sink) => {
    const calls = await countSyncs([queue.pid], () => sink.untilArrived(messages));
    if (calls !== undefined) print('syncs', `${(calls / messages).toFixed(2)} a message, 50 destinations`);
  });
}

/** One of the destinations takes connections and never answers. */
async function oneDown(messages: number, others: readonly string[]): Promise<void> {
  const destinations = [...others, 'silent.example'];
  const told = { enqueue: messages + Math.floor(messages / 50), destinations };
  await withQueue(told, { silentFor: 'silent.example' }, async (_queue, sink, { enqueue }) => {
    const begun = performance.now();
    const dead = Math.floor(enqueue / destinations.length);
    await sink.untilArrived(enqueue - dead);
    const seconds = (performance.now() - begun) / 1000;
    print('one destination down', `${Math.round(sink.arrived.size / seconds)} messages/s to the 50 others`);
  });
}

/** Memory and start with so many entries waiting, and what it takes to put them there. */
async function manyQueued(entries: number, destinations: readonly string[]): Promise<void> {
  const changes = { enqueue: entries, destinations, deliver: false };
  await withQueue(changes, {}, async (filling, sink, task) => {
    const { ms } = await filling.until('enqueued');
    print(`${entries} enqueued`, `${Math.round(entries / (ms / 1000))} messages/s, 50 at a time, nothing delivered`);
    await filling.stop();
    const begun = performance.now();
    const queue = new QueueProcess({ ...task, enqueue: 0, deliver: true });
    const opened = await queue.until('opened');
    await sink.untilArrived(1);
    const firstMs = performance.now() - begun;
    await sink.untilArrived(Math.min(entries, 2000));
    const memory = memoryBytes([queue.pid]);
    const start = `open in ${opened.ms.toFixed(0)} ms, first message after ${firstMs.toFixed(0)} ms (with the process)`;
    print(`start with ${entries}`, `${start}, ${memory === undefined ? '?' : (memory / mebibyte).toFixed(0)} MiB`);
    await queue.kill();
  });
}

function print(title: string, text: string): void {
  console.log(`queue: ${title.padEnd(22)} ${text}`);
}
