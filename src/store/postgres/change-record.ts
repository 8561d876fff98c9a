import type { Delta } from '../delta.ts';
import type { AccountId, MailboxId, ModSeq } from '../ids.ts';

/** What one modseq of an account did, and who asked for it. */
export interface AccountChange {
  readonly accountId: AccountId;
  readonly modseq: ModSeq;
  readonly origin: string | undefined;
  readonly deltas: readonly Delta[];
}

/** Neighbours that are alike are written as one, with their number: messages mostly have neighbouring uids and few flags. */
type Runs<T> = readonly (T | number)[];
type Packed =
  | readonly ['added', number, Runs<number>, Runs<number>, Runs<number>, Runs<string> | 0]
  | readonly ['flags', number, Runs<number>, Runs<number>, Runs<string> | 0]
  | readonly ['expunged', number, Runs<number>]
  | readonly ['mailbox', number, string, string, string | 0]
  | readonly ['subscription', string, boolean]
  | readonly ['annotation', number, readonly string[]]
  | readonly ['account-removed'];
/** Account, modseq, origin (0: none), deltas. */
type PackedChange = readonly [number, number, string | 0, readonly Packed[]];

/** The deltas of a write by account and modseq, each account's in order. */
export function splitByModseq(deltas: readonly Delta[], origin: string | undefined): readonly AccountChange[] {
  const changes = new Map<string, { accountId: AccountId; modseq: ModSeq; deltas: Delta[] }>();
  for (const delta of deltas) {
    const { accountId, modseq } = delta;
    const name = `${accountId} ${modseq}`;
    const change = changes.get(name);
    if (change === undefined) changes.set(name, { accountId, modseq, deltas: [delta] });
    else change.deltas.push(delta);
  }
  return Array.from(changes.values(), (change) => ({ ...change, origin })).toSorted((a, b) => a.modseq - b.modseq);
}

/** As one line of text. */
export function printChange({ accountId, modseq, origin, deltas }: AccountChange): string {
  const packed: PackedChange = [accountId, modseq, origin ?? 0, deltas.map(pack)];
  return JSON.stringify(packed);
}

/** Undefined: damaged, or of a newer posthorn with kinds of changes that this one does not know. */
export function tryParseChange(line: string): AccountChange | undefined {
  try {
    // Written by `printChange`, of this or another process.
    const [account, number, origin, packed] = JSON.parse(line) as PackedChange;
    const accountId = account as AccountId;
    const modseq = number as ModSeq;
    const deltas = packed.map((each) => unpack(each, accountId, modseq));
    return { accountId, modseq, origin: origin === 0 ? undefined : origin, deltas };
  } catch {
    return undefined;
  }
}

function pack(delta: Delta): Packed {
  switch (delta.kind) {
    case 'added': {
      const { mailboxId, uids, emailIds, flags, keywords } = delta;
      return ['added', mailboxId, packAscending(uids), packAscending(emailIds), packSame(flags), packTexts(keywords)];
    }
    case 'flags':
      return ['flags', delta.mailboxId, packAscending(delta.uids), packSame(delta.flags), packTexts(delta.keywords)];
    case 'expunged':
      return ['expunged', delta.mailboxId, packAscending(delta.uids)];
    case 'mailbox':
      return ['mailbox', delta.mailboxId, delta.what, delta.name, delta.oldName ?? 0];
    case 'subscription':
      return ['subscription', delta.name, delta.subscribed];
    case 'annotation':
      return ['annotation', delta.mailboxId ?? 0, delta.entries];
    case 'account-removed':
      return ['account-removed'];
  }
}

function unpack(packed: Packed, accountId: AccountId, modseq: ModSeq): Delta {
  const of = { accountId, modseq };
  switch (packed[0]) {
    case 'added': {
      const [kind, mailboxId, uids, emailIds, flags, keywords] = packed;
      return {
        ...of,
        kind,
        mailboxId: mailboxId as MailboxId,
        uids: Uint32Array.from(unpackRuns(uids, 1)),
        emailIds: Float64Array.from(unpackRuns(emailIds, 1)),
        flags: Uint32Array.from(unpackRuns(flags, 0)),
        keywords: keywords === 0 ? undefined : unpackTexts(keywords),
      };
    }
    case 'flags': {
      const [kind, mailboxId, uids, flags, keywords] = packed;
      return {
        ...of,
        kind,
        mailboxId: mailboxId as MailboxId,
        uids: Uint32Array.from(unpackRuns(uids, 1)),
        flags: Uint32Array.from(unpackRuns(flags, 0)),
        keywords: keywords === 0 ? undefined : unpackTexts(keywords),
      };
    }
    case 'expunged':
      return {
        ...of,
        kind: packed[0],
        mailboxId: packed[1] as MailboxId,
        uids: Uint32Array.from(unpackRuns(packed[2], 1)),
      };
    case 'mailbox': {
      const [kind, mailboxId, what, name, oldName] = packed;
      const delta = { ...of, kind, mailboxId: mailboxId as MailboxId, what: mailboxEvent(what), name };
      return oldName === 0 ? delta : { ...delta, oldName };
    }
    case 'subscription':
      return { ...of, kind: packed[0], name: packed[1], subscribed: packed[2] };
    case 'annotation':
      return {
        ...of,
        kind: packed[0],
        mailboxId: packed[1] === 0 ? undefined : (packed[1] as MailboxId),
        entries: packed[2],
      };
    case 'account-removed':
      return { ...of, kind: packed[0] };
    default:
      throw new Error(`a change of kind ${String(packed[0])}`);
  }
}

function mailboxEvent(what: string): Extract<Delta, { kind: 'mailbox' }>['what'] {
  if (what === 'created' || what === 'deleted' || what === 'renamed' || what === 'changed') return what;
  throw new Error(`a mailbox was ${what}`);
}

/** Value and length of each run of numbers of which each is one more than the one before. */
function packAscending(numbers: ArrayLike<number>): number[] {
  return packRuns(numbers, (value, first, count) => value === first + count);
}

function packSame(numbers: ArrayLike<number>): number[] {
  return packRuns(numbers, (value, first) => value === first);
}

function packTexts(texts: readonly string[] | undefined): (string | number)[] | 0 {
  return texts === undefined ? 0 : packRuns<string>(texts, (value, first) => value === first);
}

function packRuns<T extends number | string>(
  values: ArrayLike<T>,
  goesOn: (value: T, first: T, count: number) => boolean,
): (T | number)[] {
  const runs: (T | number)[] = [];
  let first: T | undefined;
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] as T;
    if (first !== undefined && goesOn(value, first, count)) {
      count += 1;
      continue;
    }
    if (first !== undefined) runs.push(first, count);
    first = value;
    count = 1;
  }
  if (first !== undefined) runs.push(first, count);
  return runs;
}

function unpackRuns(runs: Runs<number>, step: 0 | 1): number[] {
  const values: number[] = [];
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const first = Number(runs[at]);
    const count = Number(runs[at + 1]);
    for (let i = 0; i < count; i += 1) values.push(first + i * step);
  }
  return values;
}

function unpackTexts(runs: Runs<string>): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const count = Number(runs[at + 1]);
    for (let i = 0; i < count; i += 1) values.push(String(runs[at]));
  }
  return values;
}
