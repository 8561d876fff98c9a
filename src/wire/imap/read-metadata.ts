import type { ImapReader } from './imap-reader.ts';

/** Longest name of an entry, octets. */
const maxEntryBytes = 1024;
/** Entries that one command may ask for; LIST asks for them of every mailbox. */
const maxEntries = 100;

/** The arguments of GETMETADATA. Mailbox '' is the server; entries are in lower case. RFC 5464 section 4.2. */
export interface GetMetadataArguments {
  readonly mailbox: string;
  readonly entries: readonly string[];
  /** Octets of the largest value that is wanted. */
  readonly maxSize: number;
  /** Levels below the named entries: 0, 1 or Infinity. */
  readonly depth: number;
}

/** The arguments of SETMETADATA; `value` undefined (NIL) removes. Octets, one character each. RFC 5464 section 4.3. */
export interface SetMetadataArguments {
  readonly mailbox: string;
  readonly values: readonly { readonly entry: string; readonly value: string | undefined }[];
}

interface Options {
  maxSize?: number;
  depth?: number;
}

/**
 * getmetadata = "GETMETADATA" [SP options] SP mailbox SP entries. RFC 5464 section 5. Its examples put the options behind
 * the mailbox and name entries without parentheses; clients do what the examples do, so both are taken.
 */
export function expectGetMetadata(r: ImapReader): GetMetadataArguments {
  const options: Options = {};
  r.expectSpace();
  if (takeOptions(r, options)) r.expectSpace();
  const mailbox = r.expectMailbox();
  r.expectSpace();
  if (takeOptions(r, options)) r.expectSpace();
  return { mailbox, entries: expectEntries(r), maxSize: options.maxSize ?? Infinity, depth: options.depth ?? 0 };
}

/** entries = entry / "(" entry *(SP entry) ")". RFC 5464 section 5. */
function expectEntries(r: ImapReader): readonly string[] {
  if (r.peek() === 40) return expectEntryList(r);
  const entries = new Set<string>();
  do addEntry(r, entries);
  while (r.takeSpace());
  return [...entries];
}

function addEntry(r: ImapReader, entries: Set<string>): void {
  const at = r.at;
  entries.add(expectEntry(r));
  if (entries.size > maxEntries) r.fail('fewer entries', at);
}

/** entry-list in parentheses, as the return option METADATA of LIST has it. RFC 9590 section 5. */
export function expectEntryList(r: ImapReader): readonly string[] {
  const entries = new Set<string>();
  r.expectList(() => addEntry(r, entries), false);
  return [...entries];
}

/** A parenthesis that does not start with an entry: all entries start with a slash. */
function takeOptions(r: ImapReader, options: Options): boolean {
  if (!/^\([a-z]/i.test(r.text.slice(r.at, r.at + 2))) return false;
  r.expectList(() => {
    const at = r.at;
    const name = r.expectKeyword();
    if (name === 'MAXSIZE' && options.maxSize === undefined) {
      r.expectSpace();
      options.maxSize = r.expectNumber();
    } else if (name === 'DEPTH' && options.depth === undefined) {
      r.expectSpace();
      options.depth = expectDepth(r);
    } else {
      r.fail('GETMETADATA option', at);
    }
  }, false);
  return true;
}

function expectDepth(r: ImapReader): number {
  const at = r.at;
  const depth = r.expectKeyword();
  if (depth === '0') return 0;
  if (depth === '1') return 1;
  return depth === 'INFINITY' ? Infinity : r.fail('0, 1 or infinity', at);
}

/** setmetadata = "SETMETADATA" SP mailbox SP "(" entry SP value *(SP entry SP value) ")". RFC 5464 section 5. */
export function expectSetMetadata(r: ImapReader): SetMetadataArguments {
  r.expectSpace();
  const mailbox = r.expectMailbox();
  r.expectSpace();
  const values = r.expectList(() => {
    const at = r.at;
    const entry = expectEntry(r);
    if (!isSettable(entry)) r.fail('entry that may have a value', at);
    r.expectSpace();
    return { entry, value: r.expectNstring() };
  }, false);
  return { mailbox, values };
}

/** entry = astring; no `*`, `%`, control or non-ASCII characters, no empty level. RFC 5464 section 3.2. In lower case. */
function expectEntry(r: ImapReader): string {
  const at = r.at;
  const entry = r.expectAstring().toLowerCase();
  const isGood = entry.length <= maxEntryBytes && /^\/(private|shared)(\/[\x20-\x7e]+)?$/.test(entry);
  if (!isGood || /[*%]|\/\/|\/$/.test(entry)) r.fail('entry name', at);
  return entry;
}

/** At least two levels; four below `vendor`. RFC 5464 section 3.2. */
function isSettable(entry: string): boolean {
  const levels = entry.split('/').slice(1);
  return levels.length >= (levels[1] === 'vendor' ? 4 : 2);
}
