import type { Written } from '../../delta.ts';
import type { QueueId } from '../../ids.ts';
import type { RecipientLesson } from '../../queue/recipient-lesson.ts';
import { first, type Operation } from '../../sql/statement.ts';
import type { OperationContext } from '../operation-context.ts';
import { learnRecipient } from './learn-recipient.ts';

export interface EntryReport {
  readonly id: QueueId;
  /** One line of JSON that `src/queue/` understands. */
  readonly report: string;
  readonly lesson: RecipientLesson | undefined;
}

/** Characters that are kept for one entry: whoever knows its return path can send as many reports as they like. */
const maxReports = 8000;

/** Notes what others tell of an entry, whether it still waits or has left. False: it is not there, or enough was told. */
export function* addEntryReport(
  _context: OperationContext,
  { id, report, lesson }: EntryReport,
): Operation<Written<boolean>> {
  let noted = false;
  // In this order: an entry that leaves at this moment takes its reports along.
  for (const table of ['outgoing_entry', 'retired_entry']) {
    const row = yield* first(
      `UPDATE ${table} SET reports = reports || ? WHERE id = ? AND length(reports) < ${maxReports} RETURNING id`,
      ...[`${report}\n`, id],
    );
    if (row === undefined) continue;
    noted = true;
    break;
  }
  if (noted && lesson !== undefined) yield* learnRecipient(lesson);
  return { result: noted, deltas: [] };
}
