import { annotationLimits, isServerEntry, type AnnotationTarget } from '../annotation.ts';
import type { Written } from '../delta.ts';
import { execute, first, type Operation } from '../sql/statement.ts';
import { findMailboxById } from './mailbox-row.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

export interface SetAnnotations {
  readonly target: AnnotationTarget;
  readonly values: readonly NewAnnotation[];
}

interface NewAnnotation {
  readonly entry: string;
  readonly value: Uint8Array | undefined;
  /** Only where there is no value yet. */
  readonly keep?: boolean;
}

export type AnnotationsSet =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'no-such-mailbox' | 'too-many' | 'too-large' };

/** Thrown to undo: a limit was passed. */
export class AnnotationsUndone extends Error {
  override readonly name = 'AnnotationsUndone';
  readonly outcome: AnnotationsSet;

  constructor(outcome: AnnotationsSet) {
    super('annotations undone');
    this.outcome = outcome;
  }
}

/** SETMETADATA (RFC 5464 section 4.3): all of the values or none. A removed one stays as a row without value. */
export function* setAnnotations(
  _context: OperationContext,
  { target, values }: SetAnnotations,
): Operation<Written<AnnotationsSet>> {
  const { accountId, mailboxId } = target;
  if (mailboxId !== undefined && (yield* findMailboxById(accountId, mailboxId)) === undefined) {
    return { result: { ok: false, reason: 'no-such-mailbox' }, deltas: [] };
  }
  const entries = values.map((each) => each.entry).filter((entry) => !isServerEntry(entry));
  // What nobody hears of is no change of the account.
  const modseq = entries.length > 0 ? yield* takeModseq(accountId) : undefined;
  for (const { entry, value, keep } of values) {
    yield* execute(
      'INSERT INTO annotation (account_id, mailbox_id, entry, value, modseq) VALUES (?, ?, ?, ?, ?) ' +
        'ON CONFLICT (account_id, mailbox_id, entry) DO UPDATE SET value = excluded.value, modseq = excluded.modseq' +
        (keep === true ? ' WHERE annotation.value IS NULL' : ''),
      ...[accountId, mailboxId ?? 0, entry, value ?? null, modseq ?? 0],
    );
  }
  const sums = yield* first(
    'SELECT count(*), coalesce(sum(length(value) + length(entry)), 0) FROM annotation WHERE account_id = ? AND value IS NOT NULL AND entry NOT LIKE ?',
    ...[accountId, '/server/%'],
  );
  if (Number(sums?.[0]) > annotationLimits.maxEntries) throw new AnnotationsUndone({ ok: false, reason: 'too-many' });
  if (Number(sums?.[1]) > annotationLimits.maxBytes) throw new AnnotationsUndone({ ok: false, reason: 'too-large' });
  const deltas = modseq === undefined ? [] : [{ kind: 'annotation', accountId, mailboxId, entries, modseq } as const];
  return { result: { ok: true }, deltas };
}
