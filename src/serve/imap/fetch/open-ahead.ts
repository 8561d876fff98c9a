import type { MessageReader } from '../../../store/message-reader.ts';
import type { EmailRow } from '../../../store/email-row.ts';

/** Messages opened before their turn: hides the way to a database elsewhere, and bounds what is in memory. */
const ahead = 8;

/** Opens the messages of these rows in order, a few ahead. The caller closes those that it is given; the rest is closed here. */
export class OpenAhead {
  private readonly rows: readonly EmailRow[];
  private readonly open: (row: EmailRow) => Promise<MessageReader | undefined>;
  private readonly opening: Promise<MessageReader | undefined>[] = [];
  private nextRow = 0;

  constructor(rows: readonly EmailRow[], open: (row: EmailRow) => Promise<MessageReader | undefined>) {
    this.rows = rows;
    this.open = open;
  }

  /** The message of the next row; undefined when it is gone. Call once for each row. */
  next(): Promise<MessageReader | undefined> {
    while (this.opening.length < ahead) {
      const row = this.rows[this.nextRow++];
      if (row === undefined) break;
      const opening = this.open(row);
      // Whoever takes it hears of the failure; until then it is nobody's.
      opening.catch(() => undefined);
      this.opening.push(opening);
    }
    return this.opening.shift() ?? Promise.resolve(undefined);
  }

  /** Closes what was opened and not taken. */
  async close(): Promise<void> {
    for (const opening of this.opening.splice(0)) {
      const reader = await opening.catch(() => undefined);
      reader?.close();
    }
  }
}
