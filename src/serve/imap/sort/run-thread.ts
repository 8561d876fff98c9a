import type { EmailRow } from '../../../store/email-row.ts';
import type { ThreadArguments } from '../../../wire/imap/sort-key.ts';
import { useCondstore } from '../condstore.ts';
import { OpenAhead } from '../fetch/open-ahead.ts';
import { withProgress } from '../progress.ts';
import type { Reply } from '../respond.ts';
import { badCharset, findAll, usesModseq } from '../search/find-all.ts';
import type { PositionList } from '../search/position-list.ts';
import { readRows } from '../search/read-rows.ts';
import { SearchRun } from '../search/search-run.ts';
import { prepareKey } from '../search/search-step.ts';
import type { Session } from '../session.ts';
import { orderForest, type Forest, type ForestShape } from './forest.ts';
import { mergeSubjects } from './merge-subjects.ts';
import { readReferences } from './message-references.ts';
import { sortInTurns } from './sort-in-turns.ts';
import { subjectKey } from './sort-text.ts';
import { sentDate } from './sort-values.ts';
import { parseStoredEnvelope, type StoredEnvelope } from './stored-envelope.ts';
import { threadIds } from './thread-ids.ts';
import { ThreadLinks } from './thread-links.ts';
import { writeThreads } from './write-threads.ts';

/** THREAD and UID THREAD. RFC 5256 section 3. */
export async function runThread(session: Session, args: ThreadArguments, byUid: boolean, reply: Reply): Promise<void> {
  if (args.kind === 'bad-charset') throw badCharset();
  const selected = session.currentMailbox();
  const { view } = selected;
  const step = prepareKey(args.key, view);
  if (usesModseq(args.key)) useCondstore(session, reply);
  const run = new SearchRun(session, selected, reply);
  const found = await findAll(run, step);
  const threading = new Threading(run, found);
  const work = args.algorithm === 'REFERENCES' ? threading.byReferences() : threading.bySubject();
  const forest = await withProgress(reply, undefined, work);
  await writeThreads(reply, forest, (node) => {
    const message = threading.messageOf(node);
    if (message < 0) return undefined;
    const position = found[message] ?? 0;
    return byUid ? view.uidAt(position) : position + 1;
  });
}

/** Messages are numbered as in the list of those that were found, in the order of the mailbox. */
class Threading {
  private readonly run: SearchRun;
  private readonly found: PositionList;
  private readonly dates: Float64Array;
  private readonly subjects: { readonly ids: Int32Array; readonly replies: Uint8Array };
  private readonly subjectIds = new Map([['', 0]]);
  /** By message: its node; -1 when it went before it could be read. */
  private readonly nodes: Int32Array;
  private messages: readonly number[] = [];

  constructor(run: SearchRun, found: PositionList) {
    const { length } = found;
    this.run = run;
    this.found = found;
    this.dates = new Float64Array(length);
    this.subjects = { ids: new Int32Array(length), replies: new Uint8Array(length) };
    this.nodes = new Int32Array(length).fill(-1);
  }

  messageOf(node: number): number {
    return this.messages[node] ?? -1;
  }

  /** ORDEREDSUBJECT: the oldest message of a base subject, below it all others. */
  async bySubject(): Promise<Forest> {
    const parents: number[] = [];
    const messages: number[] = [];
    for await (const { message } of this.read()) this.nodes[message] = messages.push(message) - 1;
    this.messages = messages;
    const order = await this.order();
    const first = new Map<number, number>();
    for (const node of order) {
      const subject = this.subjects.ids[messages[node] ?? 0] ?? 0;
      const parent = first.get(subject);
      parents[node] = parent ?? -1;
      if (parent === undefined) first.set(subject, node);
    }
    return this.forest({ parents, messages, order });
  }

  /** REFERENCES. */
  async byReferences(): Promise<Forest> {
    const links = new ThreadLinks(this.found.length);
    for await (const { message, envelope, references } of this.readWithReferences()) {
      this.nodes[message] = links.add(message, threadIds(envelope.messageId)[0], references);
    }
    links.prune();
    this.messages = links.messages;
    const order = await this.order();
    const threads = await this.forest({ parents: links.parents, messages: links.messages, order });
    await mergeSubjects(links, threads, this.subjects, () => this.run.turn());
    return this.forest({ parents: links.parents, messages: links.messages, order });
  }

  private forest(shape: ForestShape): Promise<Forest> {
    return orderForest(shape, () => this.run.turn());
  }

  /** The nodes of all messages, by sent date, then as in the mailbox. */
  private async order(): Promise<readonly number[]> {
    const { dates } = this;
    const compare = (a: number, b: number): number => (dates[a] ?? 0) - (dates[b] ?? 0) || a - b;
    const sorted = await sortInTurns(this.found.length, compare, () => this.run.turn());
    return Array.from(sorted, (message) => this.nodes[message] ?? -1).filter((node) => node >= 0);
  }

  private async *read(): AsyncGenerator<{ readonly message: number; readonly envelope: StoredEnvelope }> {
    for await (const batch of this.batches()) for (const row of batch) yield row;
  }

  private async *readWithReferences() {
    const { session } = this.run;
    const account = session.currentAccount().id;
    for await (const batch of this.batches()) {
      const rows = batch.map(({ row }) => row);
      const opened = new OpenAhead(rows, (some) =>
        session.services.store.openMessages(
          account,
          some.map(({ emailId }) => emailId),
        ),
      );
      try {
        for (const { message, envelope } of batch) {
          const reader = await opened.next();
          if (reader === undefined) continue;
          try {
            yield { message, envelope, references: await readReferences(reader, envelope) };
          } finally {
            reader.close();
          }
          const wait = this.run.turn();
          if (wait !== undefined) await wait;
        }
      } finally {
        opened.close();
      }
    }
  }

  /** Reads rows, keeps date and subject, and says which message each is. */
  private async *batches() {
    const { run, found } = this;
    const { view } = run.selected;
    let at = 0;
    for await (const rows of readRows(run.session, run.selected, run.reply, found, {
      envelope: true,
      threadAndDate: true,
    })) {
      const batch: { readonly message: number; readonly row: EmailRow; readonly envelope: StoredEnvelope }[] = [];
      for (const row of rows) {
        while (at < found.length && view.uidAt(found[at] ?? 0) < row.uid) at++;
        if (at >= found.length || view.uidAt(found[at] ?? 0) !== row.uid) continue;
        const envelope = parseStoredEnvelope(row.envelope);
        this.keep(at, row, envelope);
        batch.push({ message: at, row, envelope });
        const wait = (at & 63) === 0 ? run.turn() : undefined;
        if (wait !== undefined) await wait;
      }
      yield batch;
    }
  }

  private keep(message: number, row: EmailRow, envelope: StoredEnvelope): void {
    this.dates[message] = sentDate(row);
    const { key, isReply } = subjectKey(envelope.subject);
    const id = this.subjectIds.get(key) ?? this.subjectIds.size;
    this.subjectIds.set(key, id);
    this.subjects.ids[message] = id;
    this.subjects.replies[message] = isReply ? 1 : 0;
  }
}
