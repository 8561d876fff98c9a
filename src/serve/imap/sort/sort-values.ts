import type { EmailRow } from '../../../store/email-row.ts';
import type { SortCriterion, SortKey } from '../../../wire/imap/sort-key.ts';
import type { PositionList } from '../search/position-list.ts';
import { readRows } from '../search/read-rows.ts';
import type { SearchRun } from '../search/search-run.ts';
import { parseStoredEnvelope, type StoredEnvelope } from './stored-envelope.ts';
import type { Compare } from './sort-in-turns.ts';
import { displayKey, mailboxKey, subjectKey } from './sort-text.ts';

/** What a message is sorted by. Numbers: milliseconds since 1970 or octets. */
const numberOf: Partial<Record<SortKey, (row: EmailRow) => number>> = {
  ARRIVAL: arrival,
  DATE: sentDate,
  SIZE: (row) => row.sizeBytes,
};

const textOf: Partial<Record<SortKey, (envelope: StoredEnvelope) => string>> = {
  CC: ({ cc }) => mailboxKey(cc),
  DISPLAYFROM: ({ from }) => displayKey(from),
  DISPLAYTO: ({ to }) => displayKey(to),
  FROM: ({ from }) => mailboxKey(from),
  SUBJECT: ({ subject }) => subjectKey(subject),
  TO: ({ to }) => mailboxKey(to),
};

/** INTERNALDATE as FETCH shows it, in whole seconds. */
export function arrival(row: EmailRow): number {
  return Math.floor(row.receivedAtMs / 1000) * 1000;
}

/** The Date field in UTC, or else INTERNALDATE. RFC 5256 section 2.2. */
export function sentDate(row: EmailRow): number {
  return row.sentAtMs ?? arrival(row);
}

interface Values {
  readonly compare: Compare;
  keep(at: number, row: EmailRow, envelope: StoredEnvelope | undefined): void;
}

/** Reads what the criteria compare, and says how the messages of `found` (ascending), by index in it, are ordered. RFC 5256 section 3. */
export async function loadOrder(
  run: SearchRun,
  found: PositionList,
  criteria: readonly SortCriterion[],
): Promise<Compare> {
  const values = criteria.map((criterion) =>
    criterion.key === 'RELEVANCY' ? byRelevancy(run, found, criterion) : valuesOf(criterion, found.length),
  );
  const envelope = criteria.some(({ key }) => textOf[key] !== undefined);
  const columns = { envelope, threadAndDate: criteria.some(({ key }) => key === 'DATE') };
  const { view } = run.selected;
  let at = 0;
  for await (const rows of readRows(run.session, run.selected, run.reply, found, columns)) {
    for (const row of rows) {
      while (at < found.length && view.uidAt(found[at] ?? 0) < row.uid) at++;
      if (at >= found.length || view.uidAt(found[at] ?? 0) !== row.uid) continue;
      const parsed = envelope ? parseStoredEnvelope(row.envelope) : undefined;
      for (const each of values) each.keep(at, row, parsed);
      const wait = (at & 63) === 0 ? run.turn() : undefined;
      if (wait !== undefined) await wait;
    }
  }
  return (a, b) => {
    for (const { compare } of values) {
      const order = compare(a, b);
      if (order !== 0) return order;
    }
    return a - b;
  };
}

/** RELEVANCY: what matches best comes first. RFC 6203 section 6. */
function byRelevancy({ relevancy }: SearchRun, found: PositionList, { reverse }: SortCriterion): Values {
  const sign = reverse ? 1 : -1;
  const scores = found.map((position) => relevancy.of(position));
  return { compare: (a, b) => sign * ((scores[a] ?? 0) - (scores[b] ?? 0)), keep: () => undefined };
}

function valuesOf({ key, reverse }: SortCriterion, count: number): Values {
  const sign = reverse ? -1 : 1;
  const toNumber = numberOf[key];
  if (toNumber !== undefined) {
    const numbers = new Float64Array(count);
    return {
      compare: (a, b) => sign * ((numbers[a] ?? 0) - (numbers[b] ?? 0)),
      keep: (at, row) => void (numbers[at] = toNumber(row)),
    };
  }
  const toText = textOf[key];
  const texts: string[] = Array.from({ length: count }, () => '');
  return {
    compare(a, b) {
      const [x, y] = [texts[a] ?? '', texts[b] ?? ''];
      return x === y ? 0 : x < y ? -sign : sign;
    },
    keep(at, _row, envelope) {
      if (toText !== undefined && envelope !== undefined) texts[at] = toText(envelope);
    },
  };
}
