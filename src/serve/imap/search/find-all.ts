import type { SearchKey, SearchReturn } from '../../../wire/imap/search-key.ts';
import { No } from '../refusal.ts';
import type { View } from '../view.ts';
import { keepPositions, positionsBetween, type PositionList } from './position-list.ts';
import type { SearchRun } from './search-run.ts';
import type { SearchStep } from './search-step.ts';

/** Messages that went while the client was not told match nothing, not even NOT (RFC 2180 section 4.3). */
export function keepThere(view: View, positions: PositionList): PositionList {
  return view.hasExpunged() ? keepPositions(positions, (position) => view.indexPosition(position) >= 0) : positions;
}

/** Every message that matches, in the order of the mailbox. */
export async function findAll(run: SearchRun, step: SearchStep): Promise<PositionList> {
  const { view } = run.selected;
  return keepThere(view, await step.find(run, keepThere(view, positionsBetween(run.lowest, view.length))));
}

/** True when MODSEQ is among the keys: then the answer tells the highest one. RFC 7162 section 3.1.5. */
export function usesModseq(key: SearchKey): boolean {
  if (key.kind === 'and' || key.kind === 'or') return key.keys.some(usesModseq);
  return key.kind === 'not' || key.kind === 'fuzzy' ? usesModseq(key.key) : key.kind === 'modseq';
}

/** The highest modseq of these messages; 0 when they are all gone. */
export function highestModseq(view: View, positions: PositionList): number {
  let modseq = 0;
  for (const position of positions) {
    const at = view.indexPosition(position);
    if (at >= 0) modseq = Math.max(modseq, view.index.modseqs[at] ?? 0);
  }
  return modseq;
}

/** Message numbers, or uids, of these messages. */
export function numbersOf(view: View, positions: PositionList, byUid: boolean): Uint32Array {
  return positions.map((position) => (byUid ? view.uidAt(position) : position + 1));
}

/** What RELEVANCY tells: how well the messages of the page, or all of them, match. RFC 6203 section 4. */
export function scoresOf(
  run: SearchRun,
  returns: ReadonlySet<SearchReturn> | undefined,
  positions: PositionList,
): Uint32Array | undefined {
  return returns?.has('RELEVANCY') === true ? positions.map((position) => run.relevancy.of(position)) : undefined;
}

/** Those that clients name most; there are more. */
const charsets =
  'US-ASCII UTF-8 ISO-8859-1 ISO-8859-2 ISO-8859-5 ISO-8859-7 ISO-8859-15 WINDOWS-1250 WINDOWS-1251 WINDOWS-1252 ' +
  'KOI8-R KOI8-U SHIFT_JIS EUC-JP ISO-2022-JP GB18030 GBK BIG5 EUC-KR';

/** The refusal of a charset that cannot be decoded. RFC 9051 sections 6.4.4 and 7.1. */
export function badCharset(): No {
  return new No('charset is not known', `BADCHARSET (${charsets})`);
}
