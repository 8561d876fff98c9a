/** kill -9 while a queue delivers: what arrives, and how often. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { QueueProcess } from '../../bench/queue/run-queue-process.ts';
import { SmtpSink } from '../../bench/queue/smtp-sink.ts';
import { verifyStore } from '../../src/store/verify/verify-store.ts';

/**
 * Puts messages to 50 destinations into a queue, lets a process deliver them, kills it again and again, and expects each
 * message at least once, with no more duplicates than transactions that were open when it was killed.
 */
export async function killQueue(options: { readonly messages: number; readonly kills: number }): Promise<void> {
  const { messages, kills } = options;
  const dataDir = await mkdtemp(join(tmpdir(), 'posthorn-kill-queue-'));
  const destinations = Array.from({ length: 50 }, (_each, i) => `d${i}.example`);
  const sink = await SmtpSink.start();
  const task = { dataDir, port: sink.port, first: 0, destinations, sizeBytes: 500, impatient: true };
  try {
    const filling = new QueueProcess({ ...task, enqueue: messages, deliver: false });
    await filling.until('empty');
    await filling.stop();
    for (let kill = 1; kill <= kills; kill += 1) {
      const running = new QueueProcess({ ...task, enqueue: 0, deliver: true });
      await sink.untilArrived(Math.floor((messages * kill) / (kills + 1)));
      await running.kill();
      // What the dead process had sent is read to its end before the next one begins.
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect((await verifyStore({ dataDir })).problems).toEqual([]);
    }
    const open = sink.cutOff;
    const last = new QueueProcess({ ...task, enqueue: 0, deliver: true });
    await last.until('empty');
    await last.stop();
    expect(sink.arrived.size).toBe(messages);
    const copies = [...sink.arrived.values()].reduce((sum, count) => sum + count, 0);
    const duplicates = copies - messages;
    console.log(`${messages} messages, ${kills} kills: ${duplicates} duplicates, ${open} transactions were open`);
    expect(duplicates).toBeLessThanOrEqual(open);
  } finally {
    await sink.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}
