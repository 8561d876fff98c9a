import { peekReturn } from '../../../wire/imap/read-return.ts';
import { printMailbox } from '../../../wire/imap/print-string.ts';
import { expectESearch, type SearchSource } from '../../../wire/imap/read-esearch.ts';
import type { SearchArguments, SearchReturn } from '../../../wire/imap/search-key.ts';
import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { useCondstore } from '../condstore.ts';
import { openingFor, refuseUpdates } from '../context/open-context.ts';
import { withProgress } from '../progress.ts';
import { Bad, No } from '../refusal.ts';
import type { Reply } from '../respond.ts';
import type { Selected, Session } from '../session.ts';
import { View } from '../view.ts';
import { expandFilters } from './expand-filters.ts';
import { badCharset, highestModseq, numbersOf, scoresOf, usesModseq } from './find-all.ts';
import { findMatches } from './find-matches.ts';
import { pageOf } from './page-of.ts';
import { tagOf } from './run-search.ts';
import { SearchRun } from './search-run.ts';
import { findTargets, type SearchTarget } from './search-targets.ts';
import { prepareKey } from './search-step.ts';
import { toldPart } from './told-part.ts';
import { writeESearch } from './write-result.ts';

/** The arguments of ESEARCH, with the tag that each response repeats. */
export interface TaggedESearch {
  readonly sources: readonly SearchSource[] | undefined;
  readonly search: SearchArguments;
  readonly tag: string;
  /** SAVE was asked for, also when the search cannot be done: then `$` becomes empty. RFC 5182 section 2.1. */
  readonly saves: boolean;
}

/** Mailboxes in one search: more are NO [LIMIT]. RFC 7377 section 2.4. */
const maxMailboxes = 5000;

export function expectTaggedESearch(r: ImapReader): TaggedESearch {
  const start = r.text.slice(r.at, r.at + 1000).search(/ RETURN \(/i);
  const { options } = peekReturn(r.text, r.at + Math.max(0, start));
  return { ...expectESearch(r), tag: tagOf(r), saves: /\bSAVE\b/i.test(options) };
}

/** ESEARCH: one response for each mailbox in which something matches, always in uids. RFC 7377 section 2.1. */
export async function runMultiSearch(session: Session, asked: TaggedESearch, reply: Reply): Promise<void> {
  const { sources = [{ kind: 'selected' }], saves } = asked;
  const hasSelected = sources.some(({ kind }) => kind === 'selected');
  if (session.selected === undefined && hasSelected) throw new Bad('select a mailbox first');
  if (saves && sources.some(({ kind }) => kind !== 'selected')) throw new Bad('SAVE is of the selected mailbox only');
  try {
    await searchAll(session, asked, sources, reply);
  } catch (error) {
    if (saves) session.currentMailbox().view.saved = new Uint32Array(0);
    throw error;
  }
}

async function searchAll(
  session: Session,
  { search, tag }: TaggedESearch,
  sources: readonly SearchSource[],
  reply: Reply,
): Promise<void> {
  if (search.kind === 'bad-charset') throw badCharset();
  const returns = new Set<SearchReturn>(search.returns?.length === 0 ? ['ALL'] : (search.returns ?? ['ALL']));
  const key = await expandFilters(session, search.key);
  const targets = await findTargets(session, sources);
  if (targets.length > maxMailboxes) throw new No(`more than ${maxMailboxes} mailboxes`, 'LIMIT');
  if (returns.has('UPDATE')) checkUpdate(session, tag, targets, reply);
  if (usesModseq(key)) useCondstore(session, reply);
  for (const target of targets) {
    await inMailbox(session, target, (opened) =>
      searchOne(session, opened, { ...search, key }, { tag, returns }, reply),
    );
    if (reply.gone) return;
  }
}

/** UPDATE is about the selected mailbox alone. RFC 7377 section 2.2. */
function checkUpdate({ selected }: Session, tag: string, targets: readonly SearchTarget[], reply: Reply): void {
  if (selected === undefined) throw new Bad('UPDATE is of the selected mailbox');
  if (selected.view.contexts?.has(tag) === true) throw new Bad('this tag has a context');
  if (!targets.some(({ mailbox }) => mailbox.id === selected.mailbox.id)) refuseUpdates(reply, tag);
}

/** The selected mailbox as the client knows it, others as they are now; one that is gone meanwhile is passed over. */
async function inMailbox(
  session: Session,
  { mailbox, ownerId, rights }: SearchTarget,
  work: (opened: Selected) => Promise<void>,
): Promise<void> {
  const { selected } = session;
  if (selected?.mailbox.id === mailbox.id) return work(selected);
  const index = await session.services.store.openMailbox(ownerId, mailbox.id);
  if (index === undefined) return;
  try {
    const view = new View(index);
    view.uidOnly = session.uidOnly;
    await work({ mailbox, view, readOnly: true, ownerId, rights, unwatch: undefined });
  } finally {
    index.release();
  }
}

async function searchOne(
  session: Session,
  opened: Selected,
  search: Extract<SearchArguments, { kind: 'search' }>,
  { tag, returns }: { readonly tag: string; readonly returns: ReadonlySet<SearchReturn> },
  reply: Reply,
): Promise<void> {
  const { view, mailbox } = opened;
  const correlator = `MAILBOX ${printMailbox(mailbox.name, session.utf8)} UIDVALIDITY ${mailbox.uidValidity}`;
  const isSelected = opened === session.selected;
  const asked = { tag, byUid: true, correlator, key: search.key, items: search.updateItems };
  const opening = isSelected ? openingFor(returns, view, asked, session.services) : undefined;
  const step = prepareKey(search.key, view);
  const run = new SearchRun(session, opened, reply);
  const found = await withProgress(reply, tag, findMatches(run, step, returns));
  const page = search.partial === undefined ? undefined : pageOf(found, search.partial);
  const told = toldPart(found, page, returns);
  if (returns.has('SAVE')) view.saved = numbersOf(view, told, true);
  opening?.open(found, reply);
  if (found.length === 0 || (returns.size === 1 && returns.has('SAVE'))) return;
  await writeESearch(
    reply,
    { tag, byUid: true, returns, partial: search.partial, correlator },
    {
      numbers: numbersOf(view, found, true),
      page: page && numbersOf(view, page, true),
      scores: scoresOf(run, returns, page ?? found),
      modseq: usesModseq(search.key) ? highestModseq(view, told) : undefined,
    },
    found.length,
  );
}
