import type { BlobStore } from './blob-store.ts';
import type { EmailColumns, EmailRow, EmailSelection } from './email-row.ts';
import type { Engine } from './engine.ts';
import { fillThreadFacts } from './fill-thread-facts.ts';
import type { EmailId, ThreadId, Uid } from './ids.ts';
import { query, type Operation, type SqlRow } from './sql/statement.ts';
import type { UidRanges } from './uid-ranges.ts';

/** Rows in one batch: about a millisecond of work. */
const batchRows = 500;

/** See `Store.readEmails`. Each batch is a snapshot of its own. */
export async function* readEmails(
  engine: Engine,
  blobs: BlobStore,
  selection: EmailSelection,
  columns: EmailColumns,
): AsyncGenerator<readonly EmailRow[]> {
  const sql = selectEmails(columns, selection.withExpunged);
  let ranges = selection.uids;
  while (ranges.length > 0) {
    const rows = await engine.read(readBatch(sql, selection, ranges));
    if (rows.length > 0) {
      const emails = rows.map(toEmailRow);
      yield columns.threading === true ? await withThreading(engine, blobs, selection, emails) : emails;
    }
    if (rows.length < batchRows) return;
    ranges = rangesAfter(ranges, Number(rows.at(-1)?.[0]));
  }
}

/** Rows from before the column was there have nothing in it. */
async function withThreading(
  engine: Engine,
  blobs: BlobStore,
  { accountId }: EmailSelection,
  rows: readonly EmailRow[],
): Promise<readonly EmailRow[]> {
  const missing = rows.filter((row) => row.threading.length === 0);
  if (missing.length === 0) return rows;
  const ids = missing.map(({ emailId }) => emailId);
  const filled = await fillThreadFacts(engine, blobs, accountId, ids);
  return rows.map((row) => ({ ...row, threading: filled.get(row.emailId) ?? row.threading }));
}

function* readBatch(sql: string, selection: EmailSelection, ranges: UidRanges): Operation<readonly SqlRow[]> {
  const batch: SqlRow[] = [];
  for (const [from, to] of ranges) {
    const bounds = [selection.mailboxId, from, to];
    const values = selection.withExpunged ? [...bounds, ...bounds] : bounds;
    const rows = yield* query(sql, ...values, batchRows - batch.length);
    if (batch.length === 0 && rows.length === batchRows) return rows;
    for (const row of rows) batch.push(row);
    if (batch.length >= batchRows) break;
  }
  return batch;
}

function rangesAfter(ranges: UidRanges, uid: number): UidRanges {
  return ranges.filter(([, to]) => to > uid).map(([from, to]) => [Math.max(from, uid + 1), to] as const);
}

function selectEmails(columns: EmailColumns, withExpunged: boolean): string {
  const asked = Object.values(columns).some((wanted) => wanted === true);
  const column = (wanted: boolean | undefined, name: string): string => (wanted === true ? `m.${name}` : "''");
  const facts = asked
    ? [
        'm.thread_id',
        'm.sent_at',
        column(columns.envelope, 'envelope'),
        column(columns.bodyStructure, 'body_structure'),
      ]
    : ['0', 'NULL', "''", "''"];
  const texts = [
    column(columns.partMap, 'part_map'),
    column(columns.preview, 'preview'),
    columns.threading === true ? 'm.threading' : 'NULL',
    columns.usualFields === true ? 'm.usual_fields' : 'NULL',
  ];
  const from = (table: string): string =>
    `SELECT x.uid, x.email_id, x.size_bytes, x.received_at, x.saved_at, ${[...facts, ...texts].join(', ')} ` +
    `FROM ${table} x ${asked ? 'CROSS JOIN email m WHERE m.id = x.email_id AND' : 'WHERE'} ` +
    'x.mailbox_id = ? AND x.uid BETWEEN ? AND ?';
  const all = withExpunged ? `${from('entry')} UNION ALL ${from('tombstone')}` : from('entry');
  return `${all} ORDER BY 1 LIMIT ?`;
}

const noOctets = new Uint8Array(0);

function toEmailRow(row: SqlRow): EmailRow {
  const sentAt = row[6] ?? null;
  return {
    uid: row[0] as Uid,
    emailId: row[1] as EmailId,
    sizeBytes: row[2] as number,
    receivedAtMs: row[3] as number,
    savedAtMs: row[4] as number,
    threadId: row[5] as ThreadId,
    sentAtMs: sentAt === null ? null : Number(sentAt),
    envelope: row[7] as string,
    bodyStructure: row[8] as string,
    partMap: row[9] as string,
    preview: row[10] as string,
    threading: (row[11] as Uint8Array | null | undefined) ?? noOctets,
    usualFields: (row[12] as string | null | undefined) ?? '',
  };
}
