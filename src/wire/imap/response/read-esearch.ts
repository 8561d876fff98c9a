import { expandRanges, parseNumberSet } from './uid-set.ts';
import { listOf, modseqOf, numberOf, octetsOf, type ImapValue } from './value.ts';

/** What a search found. RFC 9051 section 7.3.4, RFC 4731. */
export interface SearchResult {
  /** All that match, in the server's order; undefined when it was not asked. */
  readonly all: readonly number[] | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly count: number | undefined;
  /** The highest modseq of what matches (RFC 7162 section 3.1.5). */
  readonly modseq: bigint | undefined;
}

/** The values of `* ESEARCH (TAG "a") UID ALL 1:3`. Nothing matches: everything is undefined. */
export function readEsearch(values: readonly ImapValue[]): SearchResult {
  const found = new Map<string, ImapValue>();
  let at = listOf(values[0]) ? 1 : 0;
  if (octetsOf(values[at])?.toUpperCase() === 'UID') at++;
  for (; at + 1 < values.length; at += 2) {
    const value = values[at + 1];
    if (value !== undefined) found.set((octetsOf(values[at]) ?? '').toUpperCase(), value);
  }
  const all = octetsOf(found.get('ALL'));
  const ranges = all === undefined ? undefined : parseNumberSet(all);
  return {
    all: ranges && expandRanges(ranges),
    min: numberOf(found.get('MIN')),
    max: numberOf(found.get('MAX')),
    count: numberOf(found.get('COUNT')),
    modseq: modseqOf(found.get('MODSEQ')),
  };
}

/** The values of `* SEARCH 2 3 (MODSEQ 917)`, or of SORT. */
export function readSearch(values: readonly ImapValue[]): SearchResult {
  const numbers = values.flatMap((value) => numberOf(value) ?? []);
  const modseq = modseqOf(listOf(values.at(-1))?.[1]);
  return { all: numbers, min: undefined, max: undefined, count: numbers.length, modseq };
}
