import type { EmailRow } from '../../../store/email-row.ts';
import type { MessageReader } from '../../../store/message-reader.ts';

/** Messages opened together, which is cheaper than one by one; bounds what is in memory. */
const together = 16;

type Opened = readonly (MessageReader | undefined)[];

/** Opens the messages of these rows in order, some ahead. The caller closes those that it is given; the rest is closed here. */
export class OpenAhead {
  private readonly rows: readonly EmailRow[];
  private readonly open: (rows: readonly EmailRow[]) => Promise<Opened>;
  private opened: (MessageReader | undefined)[] = [];
  private nextRow = 0;

  constructor(rows: readonly EmailRow[], open: (rows: readonly EmailRow[]) => Promise<Opened>) {
    this.rows = rows;
    this.open = open;
  }

  /** The message of the next row; undefined when it is gone. Call once for each row. */
  async next(): Promise<MessageReader | undefined> {
    if (this.opened.length === 0) {
      const rows = this.rows.slice(this.nextRow, this.nextRow + together);
      this.nextRow += rows.length;
      this.opened = [...(await this.open(rows))];
    }
    return this.opened.shift();
  }

  /** Closes what was opened and not taken. */
  close(): void {
    for (const reader of this.opened.splice(0)) reader?.close();
  }
}
