import { memoryBytes } from '../../../bench/machine/process-usage.ts';

const mb = 1 << 20;

/** A server's memory once it has been steady for a moment: indexing and the like run after the answer. Octets. */
export async function steadyMemory(pid: number): Promise<number> {
  let last = 0;
  for (let i = 0; i < 15; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const now = memoryBytes([pid]) ?? 0;
    if (Math.abs(now - last) < mb) return now;
    last = now;
  }
  return last;
}

/** Most memory that the server had while `work` ran, beyond what it had before. Octets. */
export async function addedMemory(pid: number, work: () => Promise<void>): Promise<number> {
  const before = await steadyMemory(pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, memoryBytes([pid]) ?? 0)), 40);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}
