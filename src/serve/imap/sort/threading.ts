import { unpackThreadFacts, type ThreadFacts } from '../../../store/thread-facts.ts';
import type { ThreadAlgorithm } from '../../../wire/imap/sort-key.ts';
import type { PositionList } from '../search/position-list.ts';
import { readRows } from '../search/read-rows.ts';
import type { SearchRun } from '../search/search-run.ts';
import { nodesPerLook, orderForest, type Forest } from './forest.ts';
import { mergeSubjects } from './merge-subjects.ts';
import { orderRootsByNewest } from './order-roots.ts';
import { sortInTurns } from './sort-in-turns.ts';
import { arrival, sentDate } from './sort-values.ts';
import { ThreadLinks } from './thread-links.ts';

/**
 * Builds threads out of the stored facts of messages; none is opened. Messages are numbered as in the list of those that
 * were found, in the order of the mailbox. RFC 5256 section 3; REFS is of draft-ietf-morg-inthread.
 */
export class Threading {
  private readonly run: SearchRun;
  private readonly found: PositionList;
  private readonly dates: Float64Array;
  private readonly arrivals: Float64Array;
  private readonly subjects: { readonly ids: Float64Array; readonly replies: Uint8Array };
  /** By message: its node; -1 when it went before it could be read. */
  private readonly nodes: Int32Array;
  private messages: readonly number[] = [];

  constructor(run: SearchRun, found: PositionList) {
    const { length } = found;
    this.run = run;
    this.found = found;
    this.dates = new Float64Array(length);
    this.arrivals = new Float64Array(length);
    this.subjects = { ids: new Float64Array(length), replies: new Uint8Array(length) };
    this.nodes = new Int32Array(length).fill(-1);
  }

  build(algorithm: ThreadAlgorithm): Promise<Forest> {
    return algorithm === 'ORDEREDSUBJECT' ? this.bySubject() : this.byLinks(algorithm);
  }

  messageOf(node: number): number {
    return this.messages[node] ?? -1;
  }

  private readonly turn = (): Promise<void> | undefined => this.run.turn();

  /** ORDEREDSUBJECT: the oldest message of a base subject, below it all others. */
  private async bySubject(): Promise<Forest> {
    const parents: number[] = [];
    const messages: number[] = [];
    await this.read((message) => messages.push(message) - 1);
    this.messages = messages;
    const order = await this.order();
    const first = new Map<number, number>();
    for (const [at, node] of order.entries()) {
      if ((at & nodesPerLook) === 0) await this.turn();
      const subject = this.subjects.ids[messages[node] ?? 0] ?? 0;
      const parent = first.get(subject);
      parents[node] = parent ?? -1;
      if (parent === undefined) first.set(subject, node);
    }
    return orderForest({ parents, messages, order }, this.turn);
  }

  /**
   * REFERENCES joins threads by subject, and orders them by the date of their first message; REFS does not join, and orders by
   * the newest INTERNALDATE in each.
   */
  private async byLinks(algorithm: 'REFERENCES' | 'REFS'): Promise<Forest> {
    const links = new ThreadLinks(this.found.length);
    await this.read((message, { id, references }) => links.add(message, id, references));
    await links.prune(this.turn);
    const { parents, messages } = links;
    this.messages = messages;
    const order = await this.order();
    const threads = await orderForest({ parents, messages, order }, this.turn);
    if (algorithm === 'REFS') {
      const newest = (node: number): number => this.arrivals[messages[node] ?? -1] ?? 0;
      return orderRootsByNewest(threads, parents, order, newest, this.turn);
    }
    await mergeSubjects(links, threads, this.subjects, this.turn);
    return orderForest({ parents, messages, order }, this.turn);
  }

  /** The nodes of all messages, by sent date, then as in the mailbox. */
  private async order(): Promise<Int32Array> {
    const { dates } = this;
    const compare = (a: number, b: number): number => (dates[a] ?? 0) - (dates[b] ?? 0) || a - b;
    const sorted = await sortInTurns(this.found.length, compare, this.turn);
    const order = new Int32Array(sorted.length);
    let count = 0;
    for (const message of sorted) {
      const node = this.nodes[message] ?? -1;
      if (node >= 0) order[count++] = node;
    }
    return order.subarray(0, count);
  }

  /** Reads what is stored of the messages, in the order of the mailbox; `add` makes each a node. */
  private async read(add: (message: number, facts: ThreadFacts) => number): Promise<void> {
    const { run, found } = this;
    const { view } = run.selected;
    const columns = { threadAndDate: true, threading: true };
    let at = 0;
    for await (const rows of readRows(run.session, run.selected, run.reply, found, columns)) {
      for (const row of rows) {
        while (at < found.length && view.uidAt(found[at] ?? 0) < row.uid) at++;
        if (at >= found.length || view.uidAt(found[at] ?? 0) !== row.uid) continue;
        const facts = unpackThreadFacts(row.threading);
        this.dates[at] = sentDate(row);
        this.arrivals[at] = arrival(row);
        this.subjects.ids[at] = facts.subject;
        this.subjects.replies[at] = facts.isReply ? 1 : 0;
        this.nodes[at] = add(at, facts);
      }
      await this.turn();
    }
  }
}
