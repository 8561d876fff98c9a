import type { MailNumbers } from '../operations/operation-context.ts';
import { execute, first, type Operation } from '../sql/statement.ts';

/** Reserved at once. What is left of them when the server ends is never used. */
const perReservation = 256;

/**
 * Numbers of blobs and emails, for the only writer of a SQLite database. They are reserved in `sqlite_sequence`, many at once,
 * so that most commits do not write there. SQLite itself keeps that table at or above every number that was inserted, also
 * when a reservation was rolled back: so no number comes back.
 */
export class ReservedNumbers implements MailNumbers {
  #last: number | undefined;
  #reservedUpTo = 0;

  *take(): Operation<number> {
    const last = this.#last ?? (yield* readLast());
    const number = last + 1;
    if (number > this.#reservedUpTo) {
      const upTo = last + perReservation;
      yield* execute("UPDATE sqlite_sequence SET seq = ? WHERE name IN ('email', 'blob') AND seq < ?", upTo, upTo);
      this.#reservedUpTo = upTo;
    }
    this.#last = number;
    return number;
  }
}

function* readLast(): Operation<number> {
  const row = yield* first("SELECT max(seq) FROM sqlite_sequence WHERE name IN ('email', 'blob')");
  return Number(row?.[0] ?? 0);
}
