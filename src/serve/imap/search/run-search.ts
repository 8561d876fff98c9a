import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { expectSearch } from '../../../wire/imap/read-search.ts';
import type { SearchArguments, SearchReturn } from '../../../wire/imap/search-key.ts';
import { useCondstore } from '../condstore.ts';
import { withProgress } from '../progress.ts';
import { Bad } from '../refusal.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';
import { badCharset, findAll, highestModseq, keepThere, numbersOf, usesModseq } from './find-all.ts';
import { pageOf } from './page-of.ts';
import { mergePositions, noPositions, positionsBetween, type PositionList } from './position-list.ts';
import { SearchRun } from './search-run.ts';
import { prepareKey, type SearchStep } from './search-step.ts';
import { writeESearch, writeSearch } from './write-result.ts';

/** The arguments of SEARCH, and what its text says beside them. */
export interface TaggedSearch {
  readonly args: SearchArguments;
  /** ESEARCH repeats it. */
  readonly tag: string;
  /** SAVE was asked for, also when the search cannot be done: then `$` becomes empty. RFC 5182 section 2.1. */
  readonly saves: boolean;
  readonly namesCharset: boolean;
}

/** As `expectSearch`; the reader has the whole command, so the tag is where it starts. */
export function expectTaggedSearch(r: ImapReader): TaggedSearch {
  const head = /^( RETURN \(([^)]*)\))?( CHARSET )?/i.exec(r.text.slice(r.at, r.at + 1000));
  const args = expectSearch(r);
  return { args, tag: tagOf(r), saves: /\bSAVE\b/i.test(head?.[2] ?? ''), namesCharset: head?.[3] !== undefined };
}

/** The tag of the command that the reader has. */
export function tagOf(r: ImapReader): string {
  return r.text.slice(0, r.text.indexOf(' '));
}

/** SEARCH and UID SEARCH. RFC 9051 section 6.4.4, RFC 4731, RFC 5182, RFC 7162 section 3.1.5, RFC 9394. */
export async function runSearch(session: Session, search: TaggedSearch, byUid: boolean, reply: Reply): Promise<void> {
  const { args, tag, saves } = search;
  // RFC 6855 section 3.
  if (search.namesCharset && session.utf8Accept) throw new Bad('no charset after ENABLE UTF8=ACCEPT');
  const selected = session.currentMailbox();
  const { view } = selected;
  if (args.kind === 'bad-charset') {
    if (saves) view.saved = new Uint32Array(0);
    throw badCharset();
  }
  const step = prepareKey(args.key, view);
  const wantsModseq = usesModseq(args.key);
  if (wantsModseq) useCondstore(session, reply);
  const returns = returnsOf(args.returns, session.rev2);
  const run = new SearchRun(session, selected, reply);
  let found: PositionList;
  try {
    const finding = isEndsOnly(returns) ? findEnds(run, step, returns) : findAll(run, step);
    found = await withProgress(reply, tag, finding);
  } catch (error) {
    if (saves) view.saved = new Uint32Array(0);
    throw error;
  }
  const page = args.partial === undefined ? undefined : pageOf(found, args.partial);
  const told = page === undefined ? found : tellable(found, page, returns);
  if (saves) view.saved = numbersOf(view, told, true);
  const result = {
    numbers: numbersOf(view, found, byUid),
    page: page && numbersOf(view, page, byUid),
    modseq: wantsModseq ? highestModseq(view, told) : undefined,
  };
  if (returns === undefined) await writeSearch(reply, result);
  else if (returns.size > 1 || !saves)
    await writeESearch(reply, { tag, byUid, returns, partial: args.partial }, result, found.length);
}

/** What a search with PARTIAL is about, for `$` and MODSEQ: all with COUNT, else the page and the ends that were asked for. RFC 9394 section 3.1. */
function tellable(
  found: PositionList,
  page: PositionList,
  returns: ReadonlySet<SearchReturn> | undefined,
): PositionList {
  if (returns === undefined || returns.has('COUNT')) return found;
  let told = page;
  const [first, last] = [found.subarray(0, 1), found.subarray(-1)];
  if (returns.has('MIN') && page[0] !== first[0]) told = mergePositions(told, first);
  if (returns.has('MAX') && told.at(-1) !== last[0]) told = mergePositions(told, last);
  return told;
}

/** Undefined: a SEARCH response. RETURN () means ALL (RFC 4731 section 3.1), and IMAP4rev2 knows no SEARCH response. */
function returnsOf(asked: readonly SearchReturn[] | undefined, rev2: boolean): ReadonlySet<SearchReturn> | undefined {
  if (asked === undefined) return rev2 ? new Set(['ALL']) : undefined;
  return new Set(asked.length === 0 ? ['ALL'] : asked);
}

/** Only the first or last message is wanted: `$` then holds just these too. RFC 5182 section 2.4. */
function isEndsOnly(returns: ReadonlySet<SearchReturn> | undefined): returns is ReadonlySet<SearchReturn> {
  if (returns === undefined || returns.has('ALL') || returns.has('COUNT') || returns.has('PARTIAL')) return false;
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
    for (let from = 0, size = firstChunk; from < view.length && first.length === 0; from += size, size *= 2) {
      first = (await find(from, Math.min(view.length, from + size))).subarray(0, 1);
    }
    if (first.length === 0 || !returns.has('MAX')) return first;
  }
  // What MIN found is the last when nothing is behind it.
  const start = (first[0] ?? -1) + 1;
  for (let to = view.length, size = firstChunk; to > start; to -= size, size *= 2) {
    const found = await find(Math.max(start, to - size), to);
    if (found.length > 0) return mergePositions(first, found.subarray(-1));
  }
  return first;
}
