import type { EmailRow } from '../../../store/email-row.ts';
import type { MessageReader } from '../../../store/message-reader.ts';

/** Messages opened together, which is cheaper than one by one; bounds what is in memory, as do their octets. */
const together = 16;
const togetherBytes = 256 * 1024;

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
    if (this.opened.length === 0) this.opened = [...(await this.open(this.takeRows()))];
    return this.opened.shift();
  }

  /** Closes what was opened and not taken. */
  close(): void {
    for (const reader of this.opened.splice(0)) reader?.close();
  }

  /** The next row, and those after it that still fit. */
  private takeRows(): readonly EmailRow[] {
    const start = this.nextRow;
    let bytes = 0;
    while (this.nextRow < this.rows.length && this.nextRow < start + together) {
      bytes += this.rows[this.nextRow]?.sizeBytes ?? 0;
      if (bytes > togetherBytes && this.nextRow > start) break;
      this.nextRow += 1;
    }
    return this.rows.slice(start, this.nextRow);
  }
}
