import type { TextQuery } from '../../../store/text-query.ts';
import type { Reply } from '../respond.ts';
import type { Selected, Session } from '../session.ts';
import { ConnectionEnded } from '../refusal.ts';
import { keepPositions, type PositionList } from './position-list.ts';
import { RowFacts } from './row-facts.ts';

/** How often a long text search looks whether somebody still waits for it, milliseconds. */
const lookMs = 250;

/** What search keys need while one search is answered. */
export class SearchRun {
  readonly session: Session;
  readonly selected: Selected;
  readonly facts: RowFacts;
  readonly reply: Reply;

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
    const { mailbox, view } = this.selected;
    const abort = new AbortController();
    const looking = setInterval(() => {
      if (this.reply.gone) abort.abort();
    }, lookMs);
    try {
      const found = await this.session.services.store.matchText({
        accountId: this.session.currentAccount().id,
        mailboxId: mailbox.id,
        uids: positions.map((position) => view.uidAt(position)),
        query,
        signal: abort.signal,
      });
      let at = 0;
      return keepPositions(positions, (position) => {
        const uid = view.uidAt(position);
        while (at < found.length && (found[at] ?? 0) < uid) at++;
        return found[at] === uid;
      });
    } catch (error) {
      if (abort.signal.aborted) throw new ConnectionEnded('client is gone', { cause: error });
      throw error;
    } finally {
      clearInterval(looking);
    }
  }
}
