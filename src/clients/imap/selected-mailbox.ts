import type { ResponseCode } from '../../wire/imap/response/parse-response.ts';
import { readFetched, type FetchedMessage } from '../../wire/imap/response/read-fetched.ts';
import { parseNumberSet, type NumberRanges } from '../../wire/imap/response/uid-set.ts';
import { listOf, modseqOf, numberOf, octetsOf, wordsOf } from '../../wire/imap/response/value.ts';
import type { Untagged } from './dialogue.ts';

/** What the server told of the selected mailbox, kept true by what it tells later. */
export interface SelectedMailbox {
  readonly name: string;
  readonly isReadOnly: boolean;
  readonly exists: number;
  readonly uidValidity: number | undefined;
  readonly uidNext: number | undefined;
  /** Undefined: the mailbox has no mod-sequences (RFC 7162 section 3.1.2.2). */
  readonly highestModseq: bigint | undefined;
  readonly flags: readonly string[];
  readonly permanentFlags: readonly string[];
  /** RFC 8474. */
  readonly mailboxId: string | undefined;
}

/** Something changed in the selected mailbox, by another session or by a command of ours. */
export type MailboxChange =
  | { readonly kind: 'exists'; readonly count: number }
  | { readonly kind: 'expunge'; readonly seq: number }
  /** With QRESYNC (RFC 7162 section 3.2.10); `earlier`: before this session. */
  | { readonly kind: 'vanished'; readonly uids: NumberRanges; readonly earlier: boolean }
  | { readonly kind: 'fetch'; readonly message: FetchedMessage }
  | { readonly kind: 'flags'; readonly flags: readonly string[] };

type State = { -readonly [Key in keyof SelectedMailbox]: SelectedMailbox[Key] };

export function newlySelected(name: string): State {
  return {
    ...{ name, isReadOnly: false, exists: 0, uidValidity: undefined, uidNext: undefined, highestModseq: undefined },
    ...{ flags: [], permanentFlags: [], mailboxId: undefined },
  };
}

/** Takes one untagged response in; the change that it tells, if it tells one. RFC 9051 sections 7.3 to 7.5. */
export function applyResponse(state: State, response: Untagged): MailboxChange | undefined {
  if (response.kind === 'status') {
    applyCode(state, response.code);
    return undefined;
  }
  if (response.kind !== 'data') return undefined;
  const { name, number, values } = response;
  switch (name) {
    case 'EXISTS':
      state.exists = number ?? state.exists;
      return { kind: 'exists', count: state.exists };
    case 'EXPUNGE':
      if (state.exists > 0) state.exists--;
      return number === undefined ? undefined : { kind: 'expunge', seq: number };
    case 'VANISHED':
      return applyVanished(state, values);
    case 'FETCH':
    case 'UIDFETCH':
      return { kind: 'fetch', message: readFetched(name, number, values) };
    case 'FLAGS':
      state.flags = wordsOf(values[0]);
      return { kind: 'flags', flags: state.flags };
    default:
      return undefined;
  }
}

function applyVanished(state: State, values: Parameters<typeof readFetched>[2]): MailboxChange | undefined {
  const earlier = octetsOf(listOf(values[0])?.[0])?.toUpperCase() === 'EARLIER';
  const uids = parseNumberSet(octetsOf(values[earlier ? 1 : 0]) ?? '');
  if (!uids) return undefined;
  if (!earlier) {
    const count = uids.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    state.exists = Math.max(0, state.exists - count);
  }
  return { kind: 'vanished', uids, earlier };
}

/** The codes of SELECT's answers, also of its last one. RFC 9051 section 7.1. */
export function applyCode(state: State, code: ResponseCode | undefined): void {
  if (!code) return;
  switch (code.name) {
    case 'UIDVALIDITY':
      state.uidValidity = numberOf(code.values[0]);
      break;
    case 'UIDNEXT':
      state.uidNext = numberOf(code.values[0]);
      break;
    case 'HIGHESTMODSEQ':
      state.highestModseq = modseqOf(code.values[0]);
      break;
    case 'NOMODSEQ':
      state.highestModseq = undefined;
      break;
    case 'PERMANENTFLAGS':
      state.permanentFlags = wordsOf(code.values[0]);
      break;
    case 'MAILBOXID':
      state.mailboxId = octetsOf(listOf(code.values[0])?.[0]);
      break;
    case 'READ-ONLY':
      state.isReadOnly = true;
      break;
    case 'READ-WRITE':
      state.isReadOnly = false;
      break;
  }
}
