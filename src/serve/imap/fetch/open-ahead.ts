import type { EmailRow } from '../../../store/email-row.ts';
import type { MessageReader } from '../../../store/message-reader.ts';

/** Messages opened together, which is cheaper than one by one; twice as many, and their octets, are in memory at most. */
const together = 64;
const togetherBytes = 256 * 1024;

type Opened = readonly (MessageReader | undefined)[];

/** Opens the messages of these rows in order, some ahead. The caller closes those that it is given; the rest is closed here. */
export class OpenAhead {
  private readonly rows: readonly EmailRow[];
  private readonly open: (rows: readonly EmailRow[]) => Promise<Opened>;
  private opened: (MessageReader | undefined)[] = [];
  /** Those after `opened`: the store unpacks them while these are sent. */
  private ahead: Promise<Opened> | undefined;
  private nextRow = 0;

  constructor(rows: readonly EmailRow[], open: (rows: readonly EmailRow[]) => Promise<Opened>) {
    this.rows = rows;
    this.open = open;
  }

  /** The message of the next row; undefined when it is gone. Call once for each row. */
  async next(): Promise<MessageReader | undefined> {
    if (this.opened.length === 0) {
      this.opened = [...(await (this.ahead ?? this.open(this.takeRows())))];
      this.ahead = this.nextRow < this.rows.length ? this.open(this.takeRows()) : undefined;
      // Told by the call that awaits it, if there is one.
      this.ahead?.catch(() => undefined);
    }
    return this.opened.shift();
  }

  /** Closes what was opened and not taken. */
  close(): void {
    for (const reader of this.opened.splice(0)) reader?.close();
    void this.ahead?.then(
      (readers) => readers.forEach((reader) => reader?.close()),
      () => undefined,
    );
    this.ahead = undefined;
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
