import { peekReturn } from '../../../wire/imap/read-return.ts';
import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { expectSort } from '../../../wire/imap/read-sort.ts';
import type { SearchReturn } from '../../../wire/imap/search-key.ts';
import type { SortArguments, SortCriterion } from '../../../wire/imap/sort-key.ts';
import { useCondstore } from '../condstore.ts';
import { openingFor } from '../context/open-context.ts';
import { withProgress } from '../progress.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';
import { expandFilters } from '../search/expand-filters.ts';
import { badCharset, findAll, highestModseq, keepThere, numbersOf, scoresOf, usesModseq } from '../search/find-all.ts';
import { pageOf } from '../search/page-of.ts';
import type { PositionList } from '../search/position-list.ts';
import { tagOf } from '../search/run-search.ts';
import { SearchRun } from '../search/search-run.ts';
import { prepareKey, type SearchStep } from '../search/search-step.ts';
import { toldPart } from '../search/told-part.ts';
import { writeESearch, writeSort } from '../search/write-result.ts';
import { sortInTurns } from './sort-in-turns.ts';
import { loadOrder } from './sort-values.ts';

/** The arguments of SORT, and what its text says beside them. */
export interface TaggedSort {
  readonly args: SortArguments;
  /** ESEARCH repeats it. */
  readonly tag: string;
  /** SAVE was asked for, also when the search cannot be done. RFC 5182 section 2.1. */
  readonly saves: boolean;
}

/** As `expectSort`; the reader has the whole command, so the tag is where it starts. */
export function expectTaggedSort(r: ImapReader): TaggedSort {
  const { options } = peekReturn(r.text, r.at);
  return { args: expectSort(r), tag: tagOf(r), saves: /\bSAVE\b/i.test(options) };
}

/** SORT and UID SORT. RFC 5256 section 3, RFC 5267 section 3, RFC 9394 section 3.1. */
export async function runSort(session: Session, sort: TaggedSort, byUid: boolean, reply: Reply): Promise<void> {
  const { view } = session.currentMailbox();
  try {
    await answer(session, sort, byUid, reply);
  } catch (error) {
    if (sort.saves) view.saved = new Uint32Array(0);
    throw error;
  }
}

async function answer(session: Session, { args, tag }: TaggedSort, byUid: boolean, reply: Reply): Promise<void> {
  if (args.kind === 'bad-charset') throw badCharset();
  const selected = session.currentMailbox();
  const { view } = selected;
  const key = await expandFilters(session, args.key);
  const returns = args.returns && new Set<SearchReturn>(args.returns.length === 0 ? ['ALL'] : args.returns);
  const opening = openingFor(
    returns,
    view,
    { tag, byUid, key, criteria: args.criteria, items: args.updateItems },
    session.services,
  );
  const step = prepareKey(key, view);
  const wantsModseq = usesModseq(key);
  if (wantsModseq) useCondstore(session, reply);
  const run = new SearchRun(session, selected, reply);
  const sorted = keepThere(view, await withProgress(reply, tag, findSorted(run, step, args.criteria)));
  if (returns === undefined) {
    const modseq = wantsModseq ? highestModseq(view, sorted) : undefined;
    await writeSort(reply, { numbers: numbersOf(view, sorted, byUid), modseq });
    return;
  }
  const page = args.partial === undefined ? undefined : pageOf(sorted, args.partial);
  const told = toldPart(sorted, page, returns);
  if (returns.has('SAVE')) view.saved = numbersOf(view, told, true).sort();
  if (returns.size === 1 && returns.has('SAVE')) return;
  await writeESearch(
    reply,
    { tag, byUid, returns, partial: args.partial },
    {
      numbers: numbersOf(view, sorted, byUid),
      page: page && numbersOf(view, page, byUid),
      scores: scoresOf(run, returns, page ?? sorted),
      modseq: wantsModseq ? highestModseq(view, told) : undefined,
    },
    sorted.length,
  );
  opening?.open(sorted, reply);
}

async function findSorted(run: SearchRun, step: SearchStep, criteria: readonly SortCriterion[]): Promise<PositionList> {
  const found = await findAll(run, step);
  const compare = await loadOrder(run, found, criteria);
  const order = await sortInTurns(found.length, compare, () => run.turn());
  return order.map((at) => found[at] ?? 0);
}
