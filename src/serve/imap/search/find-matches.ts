import type { SearchReturn } from '../../../wire/imap/search-key.ts';
import { findAll, keepThere } from './find-all.ts';
import { mergePositions, noPositions, positionsBetween, type PositionList } from './position-list.ts';
import type { SearchRun } from './search-run.ts';
import type { SearchStep } from './search-step.ts';

/** The messages that match, in the order of the mailbox; where only the first or the last is wanted, only these. */
export function findMatches(
  run: SearchRun,
  step: SearchStep,
  returns: ReadonlySet<SearchReturn> | undefined,
): Promise<PositionList> {
  return isEndsOnly(returns) ? findEnds(run, step, returns) : findAll(run, step);
}

const more: readonly SearchReturn[] = ['ALL', 'COUNT', 'PARTIAL', 'RELEVANCY', 'UPDATE'];

/** Only the first or last message is wanted: `$` then holds just these too. RFC 5182 section 2.4. */
function isEndsOnly(returns: ReadonlySet<SearchReturn> | undefined): returns is ReadonlySet<SearchReturn> {
  if (returns === undefined || more.some((option) => returns.has(option))) return false;
  return returns.has('MIN') || returns.has('MAX');
}

/** Messages asked first; then twice as many each time. */
const firstChunk = 1000;

async function findEnds(run: SearchRun, step: SearchStep, returns: ReadonlySet<SearchReturn>): Promise<PositionList> {
  const { view } = run.selected;
  let first = noPositions;
  const find = async (from: number, to: number): Promise<PositionList> => {
    await run.pause();
    return keepThere(view, await step.find(run, keepThere(view, positionsBetween(from, to))));
  };
  if (returns.has('MIN')) {
    for (let from = run.lowest, size = firstChunk; from < view.length && first.length === 0; from += size, size *= 2) {
      first = (await find(from, Math.min(view.length, from + size))).subarray(0, 1);
    }
    if (first.length === 0 || !returns.has('MAX')) return first;
  }
  // What MIN found is the last when nothing is behind it.
  const start = (first[0] ?? run.lowest - 1) + 1;
  for (let to = view.length, size = firstChunk; to > start; to -= size, size *= 2) {
    const found = await find(Math.max(start, to - size), to);
    if (found.length > 0) return mergePositions(first, found.subarray(-1));
  }
  return first;
}
