import type { ImapReader } from './imap-reader.ts';

type Ranges = readonly (readonly [number, number])[];

/** RFC 7162 section 3.2.5: what a client kept of the mailbox. */
export interface Resync {
  readonly uidValidity: number;
  readonly modseq: number;
  /** Undefined: all. */
  readonly knownUids: Ranges | undefined;
  /** Message numbers and their uids, pairwise. */
  readonly match: { readonly numbers: Ranges; readonly uids: Ranges } | undefined;
}

/** The arguments of SELECT and EXAMINE. */
export interface SelectArguments {
  readonly name: string;
  readonly condstore: boolean;
  readonly resync: Resync | undefined;
}

/** select = "SELECT" SP mailbox [SP "(" select-param *(SP select-param) ")"]. RFC 4466 section 2.3, RFC 7162 section 7. */
export function expectSelect(r: ImapReader): SelectArguments {
  r.expectSpace();
  const name = r.expectMailbox();
  let condstore = false;
  let resync: Resync | undefined;
  if (r.takeSpace()) {
    r.expectList(() => {
      if (r.takeWord('CONDSTORE')) condstore = true;
      else if (r.takeWord('QRESYNC')) resync = expectResync(r);
      else r.fail('CONDSTORE or QRESYNC');
    }, false);
  }
  return { name, condstore, resync };
}

/** SP "(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")". RFC 7162 section 7. */
function expectResync(r: ImapReader): Resync {
  r.expectSpace();
  r.expectChar('(');
  const uidValidity = r.expectNonZero();
  r.expectSpace();
  const modseq = r.expectNumber64();
  let knownUids: Ranges | undefined;
  let match: Resync['match'];
  if (r.takeSpace() && r.peek() !== 40) {
    knownUids = r.expectRanges();
    if (r.takeSpace()) match = expectMatch(r);
  } else if (r.peek() === 40) {
    match = expectMatch(r);
  }
  r.expectChar(')');
  return { uidValidity, modseq, knownUids, match };
}

/** seq-match-data = "(" known-sequence-set SP known-uid-set ")". RFC 7162 section 7. */
function expectMatch(r: ImapReader): NonNullable<Resync['match']> {
  r.expectChar('(');
  const numbers = r.expectRanges();
  r.expectSpace();
  const uids = r.expectRanges();
  r.expectChar(')');
  return { numbers, uids };
}
