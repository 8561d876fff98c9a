import { parseDate } from '../../../mime/parse-date.ts';
import type { EmailColumns, EmailRow } from '../../../store/email-row.ts';
import type { Reply } from '../respond.ts';
import type { Selected, Session } from '../session.ts';
import { envelopeDate } from './envelope-date.ts';
import type { PositionList } from './position-list.ts';
import { readRows } from './read-rows.ts';

/** What a search asks of the stored facts of messages, read once per message however many keys ask. Indexed by position. */
export class RowFacts {
  /** RFC822.SIZE. Made known by `load`. */
  readonly sizes: Float64Array;
  /** INTERNALDATE. Made known by `load`. */
  readonly received: Float64Array;
  /** SAVEDATE. Made known by `load`. */
  readonly saved: Float64Array;
  /** Date field, UTC; NaN when there is none. Made known by `loadSent`. */
  readonly sent: Float64Array;
  /** The thread, 0 when not known. Made known by `loadSent`. */
  readonly threads: Float64Array;
  /** Date and time as they stand in the Date field, whatever its zone, as if they were UTC. Made known by `loadWritten`. */
  readonly written: Float64Array;
  private readonly known: Uint8Array;
  private readonly session: Session;
  private readonly selected: Selected;
  private readonly reply: Reply;

  constructor(session: Session, selected: Selected, reply: Reply) {
    const { length } = selected.view;
    this.session = session;
    this.selected = selected;
    this.reply = reply;
    this.sizes = new Float64Array(length);
    this.received = new Float64Array(length);
    this.saved = new Float64Array(length);
    this.sent = new Float64Array(length).fill(NaN);
    this.threads = new Float64Array(length);
    this.written = new Float64Array(length).fill(NaN);
    this.known = new Uint8Array(length);
  }

  load(positions: PositionList): Promise<void> {
    return this.learn(positions, 1, {}, () => undefined);
  }

  loadSent(positions: PositionList): Promise<void> {
    return this.learn(positions, 2, { threadAndDate: true }, (position, row) => {
      this.sent[position] = row.sentAtMs ?? NaN;
      this.threads[position] = row.threadId;
    });
  }

  loadWritten(positions: PositionList): Promise<void> {
    return this.learn(positions, 4, { envelope: true }, (position, row) => {
      const date = parseDate(envelopeDate(row.envelope));
      this.written[position] = date === undefined ? NaN : date.ms + date.offsetMinutes * 60_000;
    });
  }

  /** `bit` marks in `known` what was read before; of messages that are gone meanwhile nothing becomes known. */
  private async learn(
    positions: PositionList,
    bit: number,
    columns: EmailColumns,
    keep: (position: number, row: EmailRow) => void,
  ): Promise<void> {
    const missing = positions.filter((position) => ((this.known[position] ?? 0) & bit) === 0);
    if (missing.length === 0) return;
    const { view } = this.selected;
    for await (const rows of readRows(this.session, this.selected, this.reply, missing, columns)) {
      for (const row of rows) {
        const position = view.find(row.uid);
        if (position < 0) continue;
        this.sizes[position] = row.sizeBytes;
        this.received[position] = row.receivedAtMs;
        this.saved[position] = row.savedAtMs;
        keep(position, row);
      }
    }
    for (const position of missing) this.known[position] = (this.known[position] ?? 0) | bit | 1;
  }
}
