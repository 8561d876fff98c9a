import type { PartialRange } from '../../../wire/imap/partial-range.ts';
import type { SearchReturn } from '../../../wire/imap/search-key.ts';
import { ChunkedOutput } from '../fetch/chunked-output.ts';
import type { Reply } from '../respond.ts';

/** What a search found, as it is told: message numbers or uids, ascending, or as SORT ordered them. */
export interface SearchResult {
  readonly numbers: ArrayLike<number>;
  /** Those of them that PARTIAL asked for. */
  readonly page?: ArrayLike<number> | undefined;
  /** How well those of the page, or all numbers, match: in the same order. RFC 6203 section 4. */
  readonly scores?: ArrayLike<number> | undefined;
  /** Highest modseq of what is told; undefined when no key asked for it. */
  readonly modseq: number | undefined;
}

/** Numbers in one SEARCH response: a line that clients with a limit of 1 MB can take (11 octets each at most). */
const numbersPerLine = 50_000;

/** `SEARCH 2 3 6 (MODSEQ 917162500)`. RFC 3501 section 7.2.5, RFC 7162 section 3.1.5. */
export function writeSearch(reply: Reply, result: SearchResult): Promise<void> {
  return writeNumbers(reply, 'SEARCH', result);
}

/** `SORT 2 6 3 (MODSEQ 917162500)`, always on one line: pieces would be answers of their own. RFC 5256 section 4, RFC 7162 section 3.1.5. */
export function writeSort(reply: Reply, result: SearchResult): Promise<void> {
  return writeNumbers(reply, 'SORT', result);
}

async function writeNumbers(reply: Reply, name: string, { numbers, modseq }: SearchResult): Promise<void> {
  const out = new ChunkedOutput(reply);
  const end = modseq === undefined || numbers.length === 0 ? '\r\n' : ` (MODSEQ ${modseq})\r\n`;
  let onLine = 0;
  out.add(`* ${name}`);
  for (let at = 0; at < numbers.length; at++) {
    if (++onLine > numbersPerLine && name === 'SEARCH') {
      out.add(`${end}* ${name}`);
      onLine = 1;
    }
    out.add(` ${numbers[at] ?? 0}`);
    if ((at & 1023) === 1023) {
      const pause = out.pause();
      if (pause !== undefined) await pause;
    }
  }
  out.add(end);
  out.flush();
}

/** What precedes the values of an ESEARCH response. */
export interface ESearchHead {
  readonly tag: string;
  readonly byUid: boolean;
  readonly returns: ReadonlySet<SearchReturn>;
  /** As the client wrote it; repeated before the page. */
  readonly partial?: PartialRange | undefined;
  /** Which mailbox it is about, where that is not clear: behind the tag. RFC 7377 section 2.1. */
  readonly correlator?: string;
}

/** `ESEARCH (TAG "a1") UID MIN 2 MAX 47 COUNT 25 ALL 2,10:11`. RFC 9051 sections 6.4.4 and 7.3.4, RFC 4731 section 3.1, RFC 9394 section 3.1. */
export async function writeESearch(
  reply: Reply,
  { tag, byUid, returns, partial, correlator }: ESearchHead,
  { numbers, page, scores, modseq }: SearchResult,
  count: number,
): Promise<void> {
  const out = new ChunkedOutput(reply);
  out.add(`* ESEARCH (TAG "${tag}"${correlator === undefined ? '' : ` ${correlator}`})${byUid ? ' UID' : ''}`);
  if (numbers.length > 0) {
    if (returns.has('MIN')) out.add(` MIN ${numbers[0] ?? 0}`);
    if (returns.has('MAX')) out.add(` MAX ${numbers[numbers.length - 1] ?? 0}`);
  }
  if (returns.has('COUNT')) out.add(` COUNT ${count}`);
  if (returns.has('ALL') && numbers.length > 0) {
    out.add(' ALL ');
    await addSet(out, numbers);
  }
  if (partial !== undefined && page !== undefined) {
    out.add(` PARTIAL (${partial.first}:${partial.last} ${page.length === 0 ? 'NIL' : ''}`);
    await addSet(out, page);
    out.add(')');
  }
  if (scores !== undefined) await addScores(out, scores);
  if (modseq !== undefined && numbers.length > 0) out.add(` MODSEQ ${modseq}`);
  out.add('\r\n');
  out.flush();
}

/** sequence-set in the order of the numbers, ascending neighbours joined (RFC 5267 section 3.2), in pieces. */
async function addSet(out: ChunkedOutput, numbers: ArrayLike<number>): Promise<void> {
  let at = 0;
  let separator = '';
  for (let ranges = 1; at < numbers.length; ranges++) {
    const first = numbers[at] ?? 0;
    let last = first;
    while (++at < numbers.length && numbers[at] === last + 1) last++;
    out.add(`${separator}${first === last ? first : `${first}:${last}`}`);
    separator = ',';
    if ((ranges & 1023) !== 0) continue;
    const pause = out.pause();
    if (pause !== undefined) await pause;
  }
}

async function addScores(out: ChunkedOutput, scores: ArrayLike<number>): Promise<void> {
  out.add(' RELEVANCY (');
  for (let at = 0; at < scores.length; at++) {
    out.add(at === 0 ? `${scores[at] ?? 0}` : ` ${scores[at] ?? 0}`);
    if ((at & 1023) !== 1023) continue;
    const pause = out.pause();
    if (pause !== undefined) await pause;
  }
  out.add(')');
}
