import type { UidRanges } from '../../store/uid-ranges.ts';

/** Ranges in one VANISHED response: lines stay below 4 KiB. */
const vanishedChunk = 180;

/** VANISHED lines of uids in ascending order. RFC 7162 section 3.2.10. */
export function printVanished(uids: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const uid of uids) {
    const previous = ranges.at(-1);
    if (previous !== undefined && previous[1] + 1 === uid) previous[1] = uid;
    else ranges.push([uid, uid]);
  }
  return printVanishedRanges(ranges, false);
}

/** The same of ascending ranges; `earlier`: in answers to what a client asked about the past. '' for none. */
export function printVanishedRanges(ranges: UidRanges, earlier: boolean): string {
  let out = '';
  for (let at = 0; at < ranges.length; at += vanishedChunk) {
    const set = ranges.slice(at, at + vanishedChunk).map(([a, b]) => (a === b ? String(a) : `${a}:${b}`));
    out += `* VANISHED ${earlier ? '(EARLIER) ' : ''}${set.join(',')}\r\n`;
  }
  return out;
}
