import type { Written } from '../delta.ts';
import { deleted, seen } from '../flags.ts';
import type { ModSeq } from '../ids.ts';
import { execute, query, type Operation, type SqlRow, type SqlValue } from '../sql/statement.ts';
import type { FlagsSet, SetFlags } from '../store.ts';
import { internKeywords } from './intern-keywords.ts';
import type { OperationContext } from './operation-context.ts';
import { takeModseq } from './take-modseq.ts';

/** How the flag bits of an entry change: `(flags & keep) | set`. */
interface BitChange {
  readonly keep: number;
  readonly set: number;
}

/** One entry whose flags are about to change. */
interface Changing {
  readonly uid: number;
  readonly before: number;
  readonly after: number;
  readonly keywordsBefore: string;
  readonly keywordsAfter: string;
}

const allBits = 0x7fffffff;

/**
 * Adds, removes or replaces flags. Only entries that really change get the new modseq; with `unchangedSince` those
 * changed later are left alone (RFC 7162 section 3.1.3).
 */
export function* setFlags(_context: OperationContext, request: SetFlags): Operation<Written<FlagsSet>> {
  const bits = bitChange(request);
  const names = yield* internKeywords(request.accountId, request.keywords);
  const changing: Changing[] = [];
  const modified: number[] = [];
  for (const [from, to] of request.uids) {
    const rows = yield* readCandidates(request, bits, names, from, to);
    for (const row of rows) {
      if (Number(row[3]) > (request.unchangedSince ?? Number.MAX_SAFE_INTEGER)) modified.push(Number(row[0]));
      else addIfChanging(changing, row, request, bits, names);
    }
  }
  if (changing.length === 0) {
    return {
      result: { modseq: undefined, changed: new Uint32Array(), modified: Uint32Array.from(modified) },
      deltas: [],
    };
  }
  const modseq = yield* takeModseq(request.accountId);
  yield* writeFlags(request, changing, bits, modseq);
  yield* countFlags(request, changing, modseq);
  const uids = Uint32Array.from(changing, (each) => each.uid);
  return {
    result: { modseq, changed: uids, modified: Uint32Array.from(modified) },
    deltas: [
      {
        kind: 'flags',
        accountId: request.accountId,
        mailboxId: request.mailboxId,
        modseq,
        uids,
        flags: Uint32Array.from(changing, (each) => each.after),
        keywords: changing.some((each) => each.keywordsAfter !== '')
          ? changing.map((each) => each.keywordsAfter)
          : undefined,
      },
    ],
  };
}

function bitChange({ how, flags, only }: SetFlags): BitChange {
  if (how === 'add') return { keep: allBits, set: flags };
  if (how === 'remove') return { keep: allBits & ~flags, set: 0 };
  const changeable = only?.flags ?? allBits;
  return { keep: allBits & ~changeable, set: flags & changeable };
}

/** Entries of a range that may change, or (with unchangedSince) were changed later: uid, flags, keywords, modseq. */
function* readCandidates(
  request: SetFlags,
  bits: BitChange,
  names: readonly string[],
  from: number,
  to: number,
): Operation<readonly SqlRow[]> {
  const select = 'SELECT uid, flags, keywords, modseq FROM entry WHERE mailbox_id = ? AND uid BETWEEN ? AND ?';
  const range = [request.mailboxId, from, to];
  if (request.unchangedSince !== undefined) return yield* query(`${select} ORDER BY uid`, ...range);
  const differs: string[] = ['((flags & ?) | ?) <> flags'];
  const values: SqlValue[] = [bits.keep, bits.set];
  if (replacesKeywords(request)) {
    differs.push('keywords <> ?');
    values.push(names.join(' '));
  } else if (request.how !== 'replace' && names.length > 0) {
    differs.push('1 = 1');
  }
  return yield* query(`${select} AND (${differs.join(' OR ')}) ORDER BY uid`, ...range, ...values);
}

function addIfChanging(
  changing: Changing[],
  row: SqlRow,
  request: SetFlags,
  bits: BitChange,
  names: readonly string[],
): void {
  const before = Number(row[1]);
  const after = (before & bits.keep) | bits.set;
  const keywordsBefore = String(row[2]);
  const keywordsAfter = changeKeywords(keywordsBefore, request, names);
  if (after === before && keywordsAfter === keywordsBefore) return;
  changing.push({ uid: Number(row[0]), before, after, keywordsBefore, keywordsAfter });
}

/** Unless they are to stay as they are. */
function replacesKeywords({ how, only }: SetFlags): boolean {
  return how === 'replace' && only?.keywords !== false;
}

function changeKeywords(before: string, request: SetFlags, names: readonly string[]): string {
  const { how } = request;
  if (replacesKeywords(request)) return names.join(' ');
  if (how === 'replace' || names.length === 0) return before;
  const now = new Set(before === '' ? [] : before.split(' '));
  for (const name of names) {
    if (how === 'add') now.add(name);
    else now.delete(name);
  }
  return [...now].sort().join(' ');
}

/** Writes run by run: neighbours in the list that get the same keywords take one statement, however many they are. */
function* writeFlags(
  request: SetFlags,
  changing: readonly Changing[],
  bits: BitChange,
  modseq: ModSeq,
): Operation<void> {
  const one =
    'UPDATE entry SET flags = (flags & ?) | ?, keywords = ?, modseq = ? ' +
    'WHERE mailbox_id = ? AND uid BETWEEN ? AND ? AND keywords = ?';
  const changed = '(((flags & ?) | ?) <> flags OR keywords <> ?)';
  const unchangedSince = request.unchangedSince ?? Number.MAX_SAFE_INTEGER;
  for (const run of runs(changing, request.uids)) {
    const { keep, set } = bits;
    yield* execute(
      `${one} AND modseq <= ? AND ${changed}`,
      ...[keep, set, run.after, modseq, request.mailboxId, run.first, run.last, run.before, unchangedSince],
      ...[keep, set, run.after],
    );
  }
}

interface Run {
  readonly first: number;
  last: number;
  readonly before: string;
  readonly after: string;
}

/** Neighbours with equal keywords before and after, never across the edge of a requested range. */
function runs(changing: readonly Changing[], ranges: SetFlags['uids']): readonly Run[] {
  const found: Run[] = [];
  let range = 0;
  for (const { uid, keywordsBefore, keywordsAfter } of changing) {
    const edge = range;
    while (range < ranges.length - 1 && uid > (ranges[range]?.[1] ?? 0)) range += 1;
    const last = found.at(-1);
    if (last !== undefined && edge === range && last.before === keywordsBefore && last.after === keywordsAfter) {
      last.last = uid;
    } else {
      found.push({ first: uid, last: uid, before: keywordsBefore, after: keywordsAfter });
    }
  }
  return found;
}

function* countFlags(request: SetFlags, changing: readonly Changing[], modseq: ModSeq): Operation<void> {
  let unseen = 0;
  let deletedCount = 0;
  for (const { before, after } of changing) {
    unseen += Number((after & seen) === 0) - Number((before & seen) === 0);
    deletedCount += Number((after & deleted) !== 0) - Number((before & deleted) !== 0);
  }
  yield* execute(
    'UPDATE mailbox SET unseen = unseen + ?, deleted = deleted + ?, highest_modseq = ? WHERE id = ?',
    ...[unseen, deletedCount, modseq, request.mailboxId],
  );
}
