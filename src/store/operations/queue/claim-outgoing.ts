import type { Written } from '../../delta.ts';
import type { OutgoingRow, OutgoingWant } from '../../queue/outgoing-row.ts';
import { execute, query, type Operation, type SqlRow } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';
import { maxFilterIds, selectOutgoing, toOutgoingRow } from './outgoing-rows.ts';

export interface ClaimRequest {
  /** Names who claims; one name for each process and run. */
  readonly owner: string;
  readonly nowMs: number;
  readonly leaseUntilMs: number;
  readonly wants: readonly OutgoingWant[];
  /** How long after the first, second, … try the next may begin; the last counts for all later ones. */
  readonly retryAfterMs: readonly number[];
}

/**
 * Gives entries to one owner alone. A try that begins is counted, and the moment of the next one set, before anything is
 * sent: a crash never makes it begin again at once.
 */
export function* claimOutgoing(
  { dialect }: OperationContext,
  request: ClaimRequest,
): Operation<Written<readonly OutgoingRow[]>> {
  const claimed: OutgoingRow[] = [];
  for (const want of request.wants) {
    const found = yield* find(want, request.nowMs, dialect.takeUnlocked);
    const rows = [...found, ...(yield* findRest(want, found, request.nowMs, dialect.takeUnlocked))];
    for (const row of rows) {
      const entry = toOutgoingRow(row);
      const begins = 'domain' in want;
      const { retryAfterMs } = request;
      const wait = retryAfterMs[Math.min(entry.attempts, retryAfterMs.length - 1)] ?? 0;
      yield* execute(
        'UPDATE outgoing_entry SET attempts = attempts + ?, due_at = ?, lease_owner = ?, lease_until = ? WHERE id = ?',
        ...[
          begins ? 1 : 0,
          begins ? request.nowMs + wait : entry.dueAtMs,
          request.owner,
          request.leaseUntilMs,
          entry.id,
        ],
      );
      claimed.push(entry);
    }
  }
  return { result: claimed, deltas: [] };
}

/** Recipients of the last message that the limit cut off: one transaction can take them along. */
function* findRest(
  want: OutgoingWant,
  found: readonly SqlRow[],
  nowMs: number,
  lock: string,
): Operation<readonly SqlRow[]> {
  const last = found.at(-1);
  if (last === undefined || !('domain' in want) || found.length < want.limit) return [];
  const { id, messageId, dueAtMs } = toOutgoingRow(last);
  return yield* query(
    `${selectOutgoing} WHERE e.message_id = ? AND e.held = 0 AND e.domain = ? AND e.due_at = ? AND e.id > ? ` +
      `AND e.lease_until <= ? ORDER BY e.id LIMIT ${maxTogether}${lock}`,
    ...[messageId, want.domain, dueAtMs, id, nowMs],
  );
}

/** Recipients beyond the limit of a claim. */
const maxTogether = 100;

function find(want: OutgoingWant, nowMs: number, lock: string): Operation<readonly SqlRow[]> {
  if ('domain' in want) {
    return query(
      `${selectOutgoing} WHERE e.held = 0 AND e.domain = ? AND e.due_at <= ? AND e.lease_until <= ? ` +
        `ORDER BY e.due_at, e.id LIMIT ?${lock}`,
      ...[want.domain, nowMs, nowMs, want.limit],
    );
  }
  if ('expired' in want) {
    return query(
      `${selectOutgoing} WHERE e.held = 0 AND e.expires_at <= ? AND e.lease_until <= ? ORDER BY e.expires_at LIMIT ?${lock}`,
      ...[nowMs, nowMs, want.expired],
    );
  }
  const ids = want.ids.slice(0, maxFilterIds);
  const marks = ids.length === 0 ? 'NULL' : ids.map(() => '?').join(', ');
  return query(`${selectOutgoing} WHERE e.id IN (${marks}) AND e.lease_until <= ? ORDER BY e.id${lock}`, ...ids, nowMs);
}
