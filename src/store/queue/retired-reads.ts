import type { AccountId, QueueId } from '../ids.ts';
import { addAddress, maxFilterIds } from '../operations/queue/outgoing-rows.ts';
import { first, query, type Operation, type SqlRow, type SqlValue } from '../sql/statement.ts';
import {
  pathKey,
  retiredResults,
  type PathOwner,
  type RetiredFilter,
  type RetiredPlace,
  type RetiredRow,
} from './retired-row.ts';

const select =
  'SELECT id, message_id, account_id, size_bytes, queued_at, ended_at, from_domain, message_facts, domain, return_path, ' +
  'recipient, attempts, result, facts, story, ending, reports FROM retired_entry';

/** Rows that one read looks at, so that no look into a long history holds up everything else. */
const rowsPerSlice = 2000;

export interface RetiredSlice {
  readonly rows: readonly RetiredRow[];
  /** Where to go on; undefined: that was all. */
  readonly next: RetiredPlace | undefined;
}

/** Those that fit among a bounded number of rows before a place, the newest first. */
export function* readRetiredSlice(filter: RetiredFilter, before: RetiredPlace, limit: number): Operation<RetiredSlice> {
  const { sql, values } = whereOf(filter);
  const isPicked = filter.ids !== undefined;
  const end = isPicked ? undefined : yield* endOfSlice(filter, before);
  const from = end === undefined ? '' : ' AND (ended_at, id) >= (?, ?)';
  const rows = yield* query(
    `${select} WHERE (ended_at, id) < (?, ?)${from} AND ${sql} ORDER BY ended_at DESC, id DESC LIMIT ?`,
    ...[before.endedAtMs, before.id],
    ...(end === undefined ? [] : [end.endedAtMs, end.id]),
    ...values,
    limit,
  );
  const found = rows.map(toRetiredRow);
  const last = found.at(-1);
  return { rows: found, next: last !== undefined && found.length === limit ? last : end };
}

/** Read off an index alone. */
function* endOfSlice({ accountId }: RetiredFilter, before: RetiredPlace): Operation<RetiredPlace | undefined> {
  const row = yield* first(
    `SELECT ended_at, id FROM retired_entry WHERE ${accountId === undefined ? '' : 'account_id = ? AND '}` +
      '(ended_at, id) < (?, ?) ORDER BY ended_at DESC, id DESC LIMIT 1 OFFSET ?',
    ...(accountId === undefined ? [] : [accountId]),
    ...[before.endedAtMs, before.id, rowsPerSlice - 1],
  );
  return row === undefined ? undefined : { endedAtMs: Number(row[0]), id: Number(row[1]) };
}

function whereOf(filter: RetiredFilter): { readonly sql: string; readonly values: readonly SqlValue[] } {
  const terms: string[] = [];
  const values: SqlValue[] = [];
  const add = (term: string, ...more: readonly SqlValue[]): void => {
    terms.push(term);
    values.push(...more);
  };
  const addList = (column: string, list: readonly SqlValue[]): void =>
    add(list.length === 0 ? '1 = 0' : `${column} IN (${list.map(() => '?').join(', ')})`, ...list);
  if (filter.ids !== undefined) addList('id', filter.ids.slice(0, maxFilterIds));
  if (filter.accountId !== undefined) add('account_id = ?', filter.accountId);
  if (filter.messageKey !== undefined) add('message_key = ?', filter.messageKey);
  if (filter.from !== undefined) addAddress(add, 'return_path', filter.from);
  if (filter.to !== undefined) addAddress(add, 'recipient', filter.to);
  if (filter.results !== undefined) addList('result', filter.results);
  if (filter.endedAfterMs !== undefined) add('ended_at >= ?', filter.endedAfterMs);
  return { sql: terms.length === 0 ? '1 = 1' : terms.join(' AND '), values };
}

function toRetiredRow(row: SqlRow): RetiredRow {
  const [id, messageId, accountId, size, queuedAt, endedAt, fromDomain, messageFacts, domain, ...rest] = row;
  const [returnPath, recipient, attempts, result, facts, story, ending, reports] = rest;
  return {
    id: Number(id) as QueueId,
    messageId: Number(messageId),
    accountId: accountId === null || accountId === undefined ? undefined : (Number(accountId) as AccountId),
    sizeBytes: Number(size),
    queuedAtMs: Number(queuedAt),
    endedAtMs: Number(endedAt),
    fromDomain: String(fromDomain),
    messageFacts: String(messageFacts),
    domain: String(domain),
    returnPath: String(returnPath),
    recipient: String(recipient),
    attempts: Number(attempts),
    // Of another version of this program at worst, which knew more.
    result: retiredResults.find((each) => each === result) ?? 'failed',
    facts: String(facts),
    story: String(story),
    ending: String(ending),
    reports: String(reports),
  };
}

/** The entry, waiting or gone, whose own return path this is; undefined also where clients used one for several. */
export function* readPathOwner(returnPath: string): Operation<PathOwner | undefined> {
  const ids = yield* query('SELECT entry_id FROM return_path WHERE path_key = ? LIMIT 10', pathKey(returnPath));
  let owner: PathOwner | undefined;
  for (const [id = 0] of ids) {
    const row =
      (yield* first(
        'SELECT m.account_id, e.recipient, e.reports, e.return_path FROM outgoing_entry e ' +
          'JOIN outgoing_message m ON m.id = e.message_id WHERE e.id = ?',
        id,
      )) ?? (yield* first('SELECT account_id, recipient, reports, return_path FROM retired_entry WHERE id = ?', id));
    const [accountId, recipient, reports, path] = row ?? [];
    if (String(path).toLowerCase() !== returnPath.toLowerCase()) continue;
    if (owner !== undefined) return undefined;
    owner = {
      id: Number(id) as QueueId,
      accountId: accountId === null || accountId === undefined ? undefined : (Number(accountId) as AccountId),
      recipient: String(recipient),
      reports: String(reports),
    };
  }
  return owner;
}
