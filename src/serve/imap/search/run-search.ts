import { peekReturn } from '../../../wire/imap/read-return.ts';
import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { expectSearch } from '../../../wire/imap/read-search.ts';
import type { SearchArguments, SearchReturn } from '../../../wire/imap/search-key.ts';
import { useCondstore } from '../condstore.ts';
import { openingFor, type OpeningContext } from '../context/open-context.ts';
import { withProgress } from '../progress.ts';
import { endLimited, limitMessages, type Limited } from '../message-limit.ts';
import { Bad } from '../refusal.ts';
import type { Done, Reply } from '../respond.ts';
import type { Session } from '../session.ts';
import { badCharset, highestModseq, numbersOf, scoresOf, usesModseq } from './find-all.ts';
import { expandFilters } from './expand-filters.ts';
import { findMatches } from './find-matches.ts';
import { pageOf } from './page-of.ts';
import type { PositionList } from './position-list.ts';
import { SearchRun } from './search-run.ts';
import { prepareKey } from './search-step.ts';
import { searchedBy } from './searched-by.ts';
import { toldPart } from './told-part.ts';
import { writeESearch, writeSearch } from './write-result.ts';

/** The arguments of SEARCH, and what its text says beside them. */
export interface TaggedSearch {
  readonly args: SearchArguments;
  /** ESEARCH repeats it. */
  readonly tag: string;
  /** SAVE was asked for, also when the search cannot be done: then `$` becomes empty. RFC 9051 sections 6.4.4.1 to 6.4.4.3, RFC 5182 section 2.1. */
  readonly saves: boolean;
  readonly namesCharset: boolean;
}

/** As `expectSearch`; the reader has the whole command, so the tag is where it starts. */
export function expectTaggedSearch(r: ImapReader): TaggedSearch {
  const { options, length } = peekReturn(r.text, r.at);
  const namesCharset = /^ CHARSET /i.test(r.text.slice(r.at + length, r.at + length + 9));
  const args = expectSearch(r);
  return { args, tag: tagOf(r), saves: /\bSAVE\b/i.test(options), namesCharset };
}

/** The tag of the command that the reader has. */
export function tagOf(r: ImapReader): string {
  return r.text.slice(0, r.text.indexOf(' '));
}

/** SEARCH and UID SEARCH. RFC 9051 section 6.4.4, RFC 4731, RFC 5182, RFC 7162 section 3.1.5, RFC 9394. */
export async function runSearch(session: Session, search: TaggedSearch, byUid: boolean, reply: Reply): Promise<Done> {
  const { args, tag, saves } = search;
  // RFC 6855 section 3.
  if (search.namesCharset && session.utf8Accept) throw new Bad('no charset after ENABLE UTF8=ACCEPT');
  const selected = session.currentMailbox();
  const { view } = selected;
  if (args.kind === 'bad-charset') {
    if (saves) view.saved = new Uint32Array(0);
    throw badCharset();
  }
  const returns = returnsOf(args.returns, session.rev2);
  const run = new SearchRun(session, selected, reply);
  let limited: Limited;
  let found: PositionList;
  let wantsModseq = false;
  let opening: OpeningContext | undefined;
  try {
    const key = await expandFilters(session, args.key);
    opening = openingFor(returns, view, { tag, byUid, key, items: args.updateItems }, session.services);
    const step = prepareKey(key, view);
    limited = limitMessages(session, view, searchedBy(key, view));
    if (limited.code !== undefined) run.lowest = limited.positions[0]?.[0] ?? 0;
    wantsModseq = usesModseq(key);
    if (wantsModseq) useCondstore(session, reply);
    found = await withProgress(reply, tag, findMatches(run, step, returns));
  } catch (error) {
    if (saves) view.saved = new Uint32Array(0);
    throw error;
  }
  const page = args.partial === undefined ? undefined : pageOf(found, args.partial);
  const told = toldPart(found, page, returns);
  if (saves) view.saved = numbersOf(view, told, true);
  const result = {
    numbers: numbersOf(view, found, byUid),
    page: page && numbersOf(view, page, byUid),
    scores: scoresOf(run, returns, page ?? found),
    modseq: wantsModseq ? highestModseq(view, told) : undefined,
  };
  if (returns === undefined) await writeSearch(reply, result);
  else if (returns.size > 1 || !saves)
    await writeESearch(reply, { tag, byUid, returns, partial: args.partial }, result, found.length);
  opening?.open(found, reply);
  return endLimited({}, limited, reply);
}

/** Undefined: a SEARCH response. RETURN () means ALL (RFC 4731 section 3.1), and IMAP4rev2 knows no SEARCH response. */
function returnsOf(asked: readonly SearchReturn[] | undefined, rev2: boolean): ReadonlySet<SearchReturn> | undefined {
  if (asked === undefined) return rev2 ? new Set(['ALL']) : undefined;
  return new Set(asked.length === 0 ? ['ALL'] : asked);
}
