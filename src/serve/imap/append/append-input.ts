import type { MessageLiteral } from '../../../wire/imap/imap-reader.ts';
import { findLiteralMark, type LiteralMark } from '../../../wire/imap/literal-mark.ts';
import { read } from '../../../wire/imap/read.ts';
import { Bad, Bye } from '../refusal.ts';
import type { Session } from '../session.ts';
import { expectRest, type AppendText, type OpenAt } from './append-arguments.ts';

/** Octets of a refused message that are read and thrown away rather than closing the connection. */
const maxDrainBytes = 64 * 1024 * 1024;

/** What is between two literals holds flags, a date and URLs. */
const maxTextBytes = 32 * 1024;

/** Reads what follows the first octets of APPEND, and keeps the connection in step when that is refused. */
export class AppendInput {
  private readonly session: Session;
  /** Of the text read last, when its octets were not asked for yet; the first text's is the conversation's business. */
  private unread: LiteralMark | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  /** The octets that end a text. */
  literal(literal: MessageLiteral, take: (octets: Uint8Array) => void | Promise<unknown>): Promise<void> {
    this.unread = undefined;
    return this.session.input.literal(literal, take);
  }

  /** What follows octets. @throws Bad */
  async next(open: OpenAt): Promise<AppendText> {
    const text = await this.text();
    const parsed = read(text, (r) => expectRest(r, open), { utf8: this.session.utf8 });
    if (!parsed.ok) throw new Bad(`expected ${parsed.error.expected} after the message`);
    return parsed.value;
  }

  /** Throws away octets that are on their way although the command was refused. @throws Bye when they are too many */
  async drain(): Promise<void> {
    const mark = this.unread;
    if (mark === undefined || mark.sync) return;
    if (mark.sizeBytes > maxDrainBytes) throw new Bye('literal is too big', 'TOOBIG');
    await this.literal(mark, () => undefined);
  }

  /** A line, with the literals in it that are URLs. */
  private async text(): Promise<string> {
    let text = '';
    for (;;) {
      const line = await this.session.input.line(maxTextBytes);
      const mark = findLiteralMark(line);
      text += line;
      this.unread = mark;
      const isUrl = mark !== undefined && /[( ]URL ~?$/i.test(line.slice(0, mark.start).slice(-10));
      if (!isUrl || text.length + mark.sizeBytes > maxTextBytes) return text;
      text += '\r\n';
      await this.literal(mark, (octets) => void (text += Buffer.from(octets).toString('latin1')));
    }
  }
}
