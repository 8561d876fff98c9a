import type { TextRequest } from '../../../store/store.ts';
import type { TextQuery } from '../../../store/text-query.ts';
import type { Reply } from '../respond.ts';
import type { Selected, Session } from '../session.ts';
import { ConnectionEnded } from '../refusal.ts';
import { keepPositions, type PositionList } from './position-list.ts';
import { Relevancy } from './relevancy.ts';
import { RowFacts } from './row-facts.ts';

/** How often a long text search looks whether somebody still waits for it, milliseconds. */
const lookMs = 250;

/** What search keys need while one search is answered. */
export class SearchRun {
  readonly session: Session;
  readonly selected: Selected;
  readonly facts: RowFacts;
  readonly reply: Reply;
  readonly relevancy = new Relevancy();
  /** Messages before this position are not looked at (MESSAGELIMIT). */
  lowest = 0;

  constructor(session: Session, selected: Selected, reply: Reply) {
    this.session = session;
    this.selected = selected;
    this.reply = reply;
    this.facts = new RowFacts(session, selected, reply);
  }

  /** Between keys: gives others a turn. @throws ConnectionEnded once nobody waits for the answer. */
  async pause(): Promise<void> {
    await this.turn();
  }

  /** As `pause`, but undefined while there is nothing to wait for. */
  turn(): Promise<void> | undefined {
    const pause = this.reply.pause();
    if (pause !== undefined) return pause.then(() => this.checkThere());
    this.checkThere();
    return undefined;
  }

  private checkThere(): void {
    if (this.reply.gone) throw new ConnectionEnded('client is gone');
  }

  /** Asks the store which of these messages have the text; stops when the client goes away. */
  async matchText(positions: PositionList, query: TextQuery): Promise<PositionList> {
    const { store } = this.session.services;
    const found = await this.whileThere((signal) => store.matchText(this.requestOf(positions, query, signal)));
    return this.positionsOf(positions, found);
  }

  /** The same by likeness; with `scored`, `relevancy` learns how well each matches. */
  async rankText(positions: PositionList, query: TextQuery, scored: boolean): Promise<PositionList> {
    const { store } = this.session.services;
    const { uids, scores } = await this.whileThere((signal) =>
      store.rankText(this.requestOf(positions, query, signal)),
    );
    const found = this.positionsOf(positions, uids);
    if (!scored) return found;
    const { view } = this.selected;
    let at = 0;
    for (const position of found) {
      while ((uids[at] ?? Infinity) < view.uidAt(position)) at++;
      this.relevancy.add(position, scores[at] ?? 0);
    }
    return found;
  }

  private requestOf(positions: PositionList, query: TextQuery, signal: AbortSignal): TextRequest {
    const { mailbox, view } = this.selected;
    const accountId = this.selected.ownerId;
    return { accountId, mailboxId: mailbox.id, uids: positions.map((each) => view.uidAt(each)), query, signal };
  }

  private positionsOf(positions: PositionList, uids: Uint32Array): PositionList {
    const { view } = this.selected;
    let at = 0;
    return keepPositions(positions, (position) => {
      const uid = view.uidAt(position);
      while (at < uids.length && (uids[at] ?? 0) < uid) at++;
      return uids[at] === uid;
    });
  }

  private async whileThere<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    const looking = setInterval(() => {
      if (this.reply.gone) abort.abort();
    }, lookMs);
    try {
      return await work(abort.signal);
    } catch (error) {
      if (abort.signal.aborted) throw new ConnectionEnded('client is gone', { cause: error });
      throw error;
    } finally {
      clearInterval(looking);
    }
  }
}
