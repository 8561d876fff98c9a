import type { Ending } from './respond.ts';
import type { Session } from './session.ts';

/** Commands that wait for their commit, and octets they hold in memory; one command may go beyond the octets. */
const maxWaiting = 64;
const maxBytes = 4 * 1024 * 1024;

/** A command that has read all its input and only waits for the store. */
export interface Started {
  /** Settles when the outcome is known. */
  readonly outcome: Promise<unknown>;
  /** Octets that it holds until then. */
  readonly bytes: number;
  /** Awaits the outcome and writes the tagged answer. Never rejects for what the store refuses. */
  finish(): Promise<Ending>;
}

/**
 * The commands of one session that were started and not answered yet, in the order of their tags: a client that sends
 * several APPENDs in a row need not wait for one commit after the other (RFC 9051 section 5.5). Answers are written only in turns
 * of the conversation, so nothing else writes meanwhile; a settled outcome asks for a turn with the event `answer-due`.
 */
export class Unanswered {
  private readonly session: Session;
  private readonly ended: (ending: Ending) => void;
  private waiting: Started[] = [];
  private readonly settled = new Set<Started>();
  private bytes = 0;
  private posted = false;
  private release: (() => void) | undefined = undefined;

  /** `ended` hears how each of them came out. */
  constructor(session: Session, ended: (ending: Ending) => void) {
    this.session = session;
    this.ended = ended;
  }

  get size(): number {
    return this.waiting.length;
  }

  /** Takes one more; the promise is there when so much waits that the next command must not begin yet. */
  add(started: Started): Promise<void> | undefined {
    this.waiting.push(started);
    this.bytes += started.bytes;
    this.release ??= this.session.sink.hold();
    // A failure is told by `finish`.
    void Promise.allSettled([started.outcome]).then(() => this.settle(started));
    return this.isFull() ? this.makeRoom() : undefined;
  }

  /** Answers those at the front whose outcome is known. */
  async answerSettled(): Promise<void> {
    this.posted = false;
    for (let head = this.waiting[0]; head !== undefined && this.settled.has(head); head = this.waiting[0]) {
      await this.answerFirst(head);
    }
  }

  /** Answers all, as their outcomes come. Before any other command, and before goodbye. */
  async answerAll(): Promise<void> {
    for (let head = this.waiting[0]; head !== undefined; head = this.waiting[0]) await this.answerFirst(head);
  }

  /** The connection is gone: nobody is answered any more; what was started is done all the same. */
  forget(): void {
    this.waiting = [];
    this.settled.clear();
    this.bytes = 0;
    this.release?.();
    this.release = undefined;
  }

  private isFull(): boolean {
    return this.waiting.length >= maxWaiting || this.bytes > maxBytes;
  }

  private async makeRoom(): Promise<void> {
    for (let head = this.waiting[0]; head !== undefined && this.isFull(); head = this.waiting[0]) {
      if (!this.settled.has(head)) this.session.sink.flush();
      await this.answerFirst(head);
    }
  }

  private async answerFirst(head: Started): Promise<void> {
    const ending = await head.finish();
    // The connection may have ended meanwhile.
    if (this.waiting[0] !== head) return;
    this.waiting.shift();
    this.settled.delete(head);
    this.bytes -= head.bytes;
    this.ended(ending);
    if (this.waiting.length === 0 || this.session.ending) this.forget();
  }

  private settle(started: Started): void {
    if (!this.waiting.includes(started)) return;
    this.settled.add(started);
    if (this.posted || this.waiting[0] !== started) return;
    this.posted = true;
    this.session.sink.post('answer-due');
  }
}
