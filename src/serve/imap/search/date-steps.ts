import type { SearchKey } from '../../../wire/imap/search-key.ts';
import { keepPositions, mergePositions, type PositionList } from './position-list.ts';
import type { SearchRun } from './search-run.ts';

type DateKey = Extract<SearchKey, { kind: 'date' }>;

const dayMs = 24 * 60 * 60 * 1000;

/** A date of a message against the day of a key, both as if they were UTC; false for NaN. */
function isThen(ms: number, { is, dayMs: start }: DateKey): boolean {
  if (is === 'before') return ms < start;
  return is === 'since' ? ms >= start : ms >= start && ms < start + dayMs;
}

/** BEFORE, ON, SINCE: INTERNALDATE as FETCH shows it, which is in UTC (RFC 9051 section 6.4.4); SAVED… the same of SAVEDATE (RFC 8514 section 4.3). */
export async function findDay(run: SearchRun, candidates: PositionList, key: DateKey): Promise<PositionList> {
  await run.facts.load(candidates);
  const days = key.of === 'saved' ? run.facts.saved : run.facts.received;
  return keepPositions(candidates, (position) => isThen(days[position] ?? NaN, key));
}

/** OLDER, YOUNGER: INTERNALDATE against now, in whole seconds as FETCH shows it; a message just that old is both. RFC 5032 section 2. */
export async function findAge(
  run: SearchRun,
  candidates: PositionList,
  key: Extract<SearchKey, { kind: 'age' }>,
): Promise<PositionList> {
  await run.facts.load(candidates);
  const { received } = run.facts;
  const limit = Math.floor(run.session.services.clock.now() / 1000) - key.seconds;
  return keepPositions(candidates, (position) => {
    const at = Math.floor((received[position] ?? NaN) / 1000);
    return key.is === 'older' ? at <= limit : at >= limit;
  });
}

/**
 * SENTBEFORE, SENTON, SENTSINCE: the day that is written in the Date field, whatever its time and zone (RFC 9051 section
 * 6.4.4). The stored date is UTC, and zones move it by less than a day: only near the day of the key must the field itself
 * be read.
 */
export async function findSentDay(run: SearchRun, candidates: PositionList, key: DateKey): Promise<PositionList> {
  await run.facts.loadSent(candidates);
  const { sent, written } = run.facts;
  const isEarliest = (ms: number): boolean => isThen(ms - dayMs, key);
  const isLatest = (ms: number): boolean => isThen(ms + dayMs, key);
  const near = keepPositions(candidates, (position) => {
    const ms = sent[position] ?? NaN;
    if (Number.isNaN(ms)) return false;
    if (key.is === 'on') return ms >= key.dayMs - dayMs && ms < key.dayMs + 2 * dayMs;
    return isEarliest(ms) !== isLatest(ms);
  });
  await run.facts.loadWritten(near);
  let at = 0;
  const far = keepPositions(candidates, (position) => {
    while (at < near.length && (near[at] ?? 0) < position) at++;
    return near[at] !== position && isThen(sent[position] ?? NaN, key);
  });
  const matching = keepPositions(near, (position) => isThen(written[position] ?? NaN, key));
  return mergePositions(far, matching);
}
