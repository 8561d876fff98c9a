import type { ImapReader } from './imap-reader.ts';
import { expectEntryList } from './read-metadata.ts';
import { expectStatusItems, type StatusItem } from './read-status.ts';

/** RFC 9051 section 6.3.9.1; SPECIAL-USE RFC 6154 section 2. */
const selections = ['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'] as const;
/** RFC 9051 section 6.3.9.2; MYRIGHTS RFC 8440 section 3. */
const returnOptions = ['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE', 'MYRIGHTS'] as const;

/** Patterns and octets of patterns in one command. */
const maxPatterns = 100;
const maxPatternChars = 4096;

/** The arguments of LIST. */
export interface ListArguments {
  readonly select: ReadonlySet<(typeof selections)[number]>;
  readonly reference: string;
  /** Those that can match something. */
  readonly patterns: readonly string[];
  readonly returns: ReadonlySet<(typeof returnOptions)[number]>;
  /** RETURN (STATUS (…)): RFC 5819. Empty: not asked for. */
  readonly status: readonly StatusItem[];
  /** RETURN (METADATA (…)): RFC 9590. Entries; empty: not asked for. */
  readonly metadata: readonly string[];
}

/** list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]. RFC 9051 section 9. */
export function expectListArguments(r: ImapReader): ListArguments {
  r.expectSpace();
  const select = new Set<(typeof selections)[number]>();
  if (r.peek() === 40) {
    const start = r.at;
    r.expectList(() => select.add(oneOf(r, selections, 'list selection option')), true);
    r.expectSpace();
    const base = select.has('SUBSCRIBED') || select.has('SPECIAL-USE');
    if (select.has('RECURSIVEMATCH') && !base) r.fail('an option that RECURSIVEMATCH can go with', start);
  }
  const reference = r.expectListMailbox();
  r.expectSpace();
  const asked = r.peek() === 40 ? r.expectList(() => r.expectListMailbox(), false) : [r.expectListMailbox()];
  const patterns = acceptedPatterns(reference, asked);
  const returns = new Set<(typeof returnOptions)[number]>();
  let metadata: readonly string[] = [];
  let status: readonly StatusItem[] = [];
  if (r.takeSpace()) {
    if (!r.takeWord('RETURN')) r.fail('RETURN');
    r.expectSpace();
    r.expectList(() => {
      if (r.takeWord('STATUS')) {
        r.expectSpace();
        status = expectStatusItems(r);
      } else if (r.takeWord('METADATA')) {
        r.expectSpace();
        metadata = expectEntryList(r);
      } else {
        returns.add(oneOf(r, returnOptions, 'list return option'));
      }
    }, true);
  }
  return { select, reference: reference ?? '', patterns, returns, status, metadata };
}

/** Without those that no name can be written like, and those beyond the limits: they match nothing, silently. RFC 9051 section 6.3.9. */
export function acceptedPatterns(reference: string | undefined, patterns: readonly (string | undefined)[]): string[] {
  const accepted: string[] = [];
  let chars = 0;
  for (const pattern of patterns) {
    if (reference === undefined || pattern === undefined) continue;
    chars += reference.length + pattern.length;
    if (accepted.length >= maxPatterns || chars > maxPatternChars) break;
    accepted.push(pattern);
  }
  return accepted;
}

function oneOf<T extends string>(r: ImapReader, names: readonly T[], what: string): T {
  const at = r.at;
  const name = r.expectKeyword();
  return names.find((one) => one === name) ?? r.fail(what, at);
}
