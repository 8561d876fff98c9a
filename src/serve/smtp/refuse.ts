import type { Reply } from '../../wire/smtp/reply.ts';

/** Thrown by a command to refuse it; only dispatch and the end of a message catch it. An answer, not a failure. */
export class Refuse extends Error {
  override readonly name = 'Refuse';
  readonly reply: Reply;
  /** Say it, then close. */
  readonly close: boolean;

  constructor(reply: Reply, close = false) {
    super(reply.lines.join(' '));
    this.reply = reply;
    this.close = close;
  }
}
