import type { ThreadArguments } from '../../../wire/imap/sort-key.ts';
import { useCondstore } from '../condstore.ts';
import { withProgress } from '../progress.ts';
import type { Reply } from '../respond.ts';
import { expandFilters } from '../search/expand-filters.ts';
import { badCharset, findAll, usesModseq } from '../search/find-all.ts';
import { SearchRun } from '../search/search-run.ts';
import { prepareKey } from '../search/search-step.ts';
import type { Session } from '../session.ts';
import { Threading } from './threading.ts';
import { writeThreads } from './write-threads.ts';

/** THREAD and UID THREAD. RFC 5256 section 3. */
export async function runThread(session: Session, args: ThreadArguments, byUid: boolean, reply: Reply): Promise<void> {
  if (args.kind === 'bad-charset') throw badCharset();
  const selected = session.currentMailbox();
  const { view } = selected;
  const key = await expandFilters(session, args.key);
  const step = prepareKey(key, view);
  if (usesModseq(key)) useCondstore(session, reply);
  const run = new SearchRun(session, selected, reply);
  const found = await findAll(run, step);
  const threading = new Threading(run, found);
  const forest = await withProgress(reply, undefined, threading.build(args.algorithm));
  await writeThreads(reply, forest, (node) => {
    const message = threading.messageOf(node);
    if (message < 0) return undefined;
    const position = found[message] ?? 0;
    return byUid ? view.uidAt(position) : position + 1;
  });
}
