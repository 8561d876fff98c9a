/** Sorted by themselves before they are merged: a run takes well below a millisecond. */
const runLength = 512;
/** Steps of a merge between two looks at the clock. */
const stepsPerLook = 1024;

/** Below 0: the item of number `a` comes first. Never 0 for different items. */
export type Compare = (a: number, b: number) => number;

/**
 * The numbers 0 … count - 1 in the order of `compare`. A merge sort that awaits `pause` (as `Reply.pause`) every millisecond
 * or so, so that a hundred thousand messages hold nobody else up.
 */
export async function sortInTurns(
  count: number,
  compare: Compare,
  pause: () => Promise<void> | undefined,
): Promise<Uint32Array> {
  let from = new Uint32Array(count);
  for (let i = 0; i < count; i++) from[i] = i;
  for (let start = 0; start < count; start += runLength) {
    from.subarray(start, start + runLength).sort(compare);
    const wait = pause();
    if (wait !== undefined) await wait;
  }
  let to = new Uint32Array(count);
  for (let length = runLength; length < count; length *= 2) {
    await mergeRuns(from, to, length, compare, pause);
    [from, to] = [to, from];
  }
  return from;
}

/** Neighbouring runs of `from` become runs of twice the length in `to`. */
async function mergeRuns(
  from: Uint32Array,
  to: Uint32Array,
  length: number,
  compare: Compare,
  pause: () => Promise<void> | undefined,
): Promise<void> {
  for (let start = 0; start < from.length; start += 2 * length) {
    const middle = Math.min(start + length, from.length);
    const end = Math.min(start + 2 * length, from.length);
    let left = start;
    let right = middle;
    for (let at = start; at < end; at++) {
      const takesLeft = left < middle && (right >= end || compare(from[left] ?? 0, from[right] ?? 0) < 0);
      to[at] = from[takesLeft ? left++ : right++] ?? 0;
      if ((at & (stepsPerLook - 1)) !== 0) continue;
      const wait = pause();
      if (wait !== undefined) await wait;
    }
  }
}
