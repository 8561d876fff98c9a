import { decodeCharset, isKnownCharset } from '../../mime/decode-charset.ts';
import type { Malformed, Result } from '../../base/result.ts';
import type { ImapReader } from './imap-reader.ts';
import { read } from './read.ts';
import { takeReturn } from './read-return.ts';
import type { BadCharset, SearchArguments, SearchKey } from './search-key.ts';

/** Keys in one command, all levels together. */
const maxKeys = 2000;

const flagKeys: ReadonlyMap<string, readonly [flag: string, set: boolean]> = new Map([
  ['ANSWERED', ['\\Answered', true]],
  ['DELETED', ['\\Deleted', true]],
  ['DRAFT', ['\\Draft', true]],
  ['FLAGGED', ['\\Flagged', true]],
  ['SEEN', ['\\Seen', true]],
  ['UNANSWERED', ['\\Answered', false]],
  ['UNDELETED', ['\\Deleted', false]],
  ['UNDRAFT', ['\\Draft', false]],
  ['UNFLAGGED', ['\\Flagged', false]],
  ['UNSEEN', ['\\Seen', false]],
  // RFC 3501; no session of ours has recent messages.
  ['RECENT', ['\\Recent', true]],
  ['OLD', ['\\Recent', false]],
] as const);

/**
 * search = "SEARCH" [SP "RETURN" SP "(" [option *(SP option)] ")"] [SP "CHARSET" SP charset] 1*(SP search-key).
 * RFC 9051 section 9. Starts at the space after SEARCH.
 */
export function expectSearch(r: ImapReader): SearchArguments {
  r.expectSpace();
  const options = takeReturn(r);
  let charset = 'utf-8';
  if (r.takeWord('CHARSET')) {
    r.expectSpace();
    charset = r.expectAstring();
    r.expectSpace();
  }
  const key = expectKeys(r, charset);
  checkRelevancy(r, key, options.returns?.includes('RELEVANCY') === true);
  return key.kind === 'bad-charset' ? key : { kind: 'search', ...options, key };
}

/** The criteria that a filter stands for, in UTF-8, one character an octet. RFC 5466 section 3.2. */
export function readFilter(value: string): Result<SearchKey, Malformed> {
  return read(value, (r) => {
    const key = expectKeys(r, 'utf-8');
    return key.kind === 'bad-charset' ? r.fail('search key') : key;
  });
}

/** filter-name = 1*<any ATOM-CHAR except "/">. RFC 5466 section 4. */
function expectFilterName(r: ImapReader): string {
  const at = r.at;
  const name = r.expectAtom();
  return name.includes('/') ? r.fail('filter name', at) : name;
}

/** RELEVANCY must not be asked for without a FUZZY key. RFC 6203 sections 4 and 6. */
export function checkRelevancy(r: ImapReader, key: SearchKey | BadCharset, isAsked: boolean): void {
  if (isAsked && key.kind !== 'bad-charset' && !isFuzzy(key)) r.fail('FUZZY, which RELEVANCY needs');
}

function isFuzzy(key: SearchKey): boolean {
  if (key.kind === 'and' || key.kind === 'or') return key.keys.some(isFuzzy);
  return key.kind === 'not' ? isFuzzy(key.key) : key.kind === 'fuzzy';
}

/** search-criteria = charset 1*(SP search-key), for SORT and THREAD. RFC 5256 section 5. */
export function expectCriteria(r: ImapReader): SearchKey | BadCharset {
  const charset = r.expectAstring();
  r.expectSpace();
  return expectKeys(r, charset);
}

/** search-key *(SP search-key), texts in this charset. The rest of the command is passed over when the charset is not known. */
function expectKeys(r: ImapReader, charset: string): SearchKey | BadCharset {
  const isUtf8 = /^(us-ascii|utf-8)$/i.test(charset);
  if (!isUtf8 && !isKnownCharset(charset)) {
    r.at = r.text.length;
    return { kind: 'bad-charset', charset };
  }
  const reading: Reading = { r, keys: 0, charset: isUtf8 ? undefined : charset };
  const keys: SearchKey[] = [];
  do keys.push(expectKey(reading));
  while (r.takeSpace());
  return allOf(keys);
}

interface Reading {
  readonly r: ImapReader;
  /** Undefined: UTF-8. */
  readonly charset: string | undefined;
  keys: number;
}

function allOf(keys: readonly SearchKey[]): SearchKey {
  const [first] = keys;
  return keys.length === 1 && first !== undefined ? first : { kind: 'and', keys };
}

/** search-key. RFC 9051 section 9. */
function expectKey(reading: Reading): SearchKey {
  const { r } = reading;
  if (++reading.keys > maxKeys) r.fail('fewer search keys');
  const code = r.peek();
  if (code === 40) return allOf(r.expectList(() => expectKey(reading), false));
  if (code === 42 || code === 36 || (code >= 48 && code <= 57)) return { kind: 'sequence', set: r.expectSequenceSet() };
  const at = r.at;
  const name = r.expectKeyword();
  const flag = flagKeys.get(name);
  if (flag !== undefined) return { kind: 'flag', flag: flag[0], set: flag[1] };
  return (
    takeTextKey(reading, name) ?? takeValueKey(r, name) ?? takeNestedKey(reading, name) ?? r.fail('search key', at)
  );
}

function takeTextKey(reading: Reading, name: string): SearchKey | undefined {
  const { r } = reading;
  switch (name) {
    case 'TEXT':
    case 'BODY':
      return { kind: 'text', in: name === 'TEXT' ? 'text' : 'body', needle: expectNeedle(reading) };
    case 'FROM':
    case 'TO':
    case 'CC':
    case 'BCC':
    case 'SUBJECT':
      return { kind: 'header', name: name.toLowerCase(), needle: expectNeedle(reading) };
    case 'HEADER': {
      r.expectSpace();
      const field = r.expectAstring();
      return { kind: 'header', name: field, needle: expectNeedle(reading) };
    }
    default:
      return undefined;
  }
}

function expectNeedle({ r, charset }: Reading): string {
  r.expectSpace();
  return charset === undefined ? r.expectText() : decodeCharset(Buffer.from(r.expectAstring(), 'latin1'), charset);
}

function takeValueKey(r: ImapReader, name: string): SearchKey | undefined {
  switch (name) {
    case 'ALL':
    // RFC 8514 section 4.3: every mailbox keeps save dates.
    case 'SAVEDATESUPPORTED':
      return { kind: 'all' };
    // RFC 3501: recent and unseen; nothing is recent here.
    case 'NEW':
      return { kind: 'flag', flag: '\\Recent', set: true };
    case 'UID':
      r.expectSpace();
      return { kind: 'uid', set: r.expectSequenceSet() };
    case 'UIDAFTER':
    case 'UIDBEFORE':
      r.expectSpace();
      return uidsBeside(name, r.expectNonZero());
    case 'KEYWORD':
    case 'UNKEYWORD':
      r.expectSpace();
      return { kind: 'flag', flag: r.expectFlag(), set: name === 'KEYWORD' };
    case 'LARGER':
    case 'SMALLER':
      r.expectSpace();
      return { kind: 'size', is: name === 'LARGER' ? 'larger' : 'smaller', bytes: r.expectNumber64() };
    case 'OLDER':
    case 'YOUNGER':
      r.expectSpace();
      return { kind: 'age', is: name === 'OLDER' ? 'older' : 'younger', seconds: r.expectNonZero() };
    case 'EMAILID':
    case 'THREADID':
      r.expectSpace();
      return { kind: 'object', of: name === 'EMAILID' ? 'email' : 'thread', id: r.expectAstring() };
    case 'MODSEQ':
      return expectModseq(r);
    default:
      return takeDateKey(r, name);
  }
}

function takeDateKey(r: ImapReader, name: string): SearchKey | undefined {
  const found = /^(SENT|SAVED)?(BEFORE|ON|SINCE)$/.exec(name);
  if (found === null) return undefined;
  r.expectSpace();
  const is = found[2] === 'BEFORE' ? 'before' : found[2] === 'ON' ? 'on' : 'since';
  const of = found[1] === undefined ? 'internal' : found[1] === 'SENT' ? 'sent' : 'saved';
  return { kind: 'date', of, is, dayMs: r.expectDate() };
}

/** search-modsequence = "MODSEQ" [search-modseq-ext] SP mod-sequence-valzer. RFC 7162 section 7. One modseq covers all metadata, so the entry name does not matter. */
function expectModseq(r: ImapReader): SearchKey {
  r.expectSpace();
  if (r.peek() === 34) {
    r.expectString();
    r.expectSpace();
    if (!r.takeWord('PRIV') && !r.takeWord('SHARED') && !r.takeWord('ALL')) r.fail('entry type');
    r.expectSpace();
  }
  return { kind: 'modseq', atLeast: r.expectNumber64() };
}

function takeNestedKey(reading: Reading, name: string): SearchKey | undefined {
  const { r } = reading;
  if (name === 'NOT') {
    r.expectSpace();
    return { kind: 'not', key: r.nested(() => expectKey(reading)) };
  }
  if (name === 'FILTER') {
    r.expectSpace();
    return { kind: 'filter', name: expectFilterName(r), charset: reading.charset };
  }
  if (name === 'FUZZY') {
    r.expectSpace();
    return { kind: 'fuzzy', key: r.nested(() => expectKey(reading)) };
  }
  if (name === 'OR') {
    return r.nested(() => {
      r.expectSpace();
      const left = expectKey(reading);
      r.expectSpace();
      return { kind: 'or', keys: [left, expectKey(reading)] };
    });
  }
  return undefined;
}

const largestUid = 0xffffffff;

/** UIDAFTER and UIDBEFORE: without the `*` that means the last message where there is none. RFC 9738 section 3.2. */
function uidsBeside(name: 'UIDAFTER' | 'UIDBEFORE', uid: number): SearchKey {
  const [first, last] = name === 'UIDAFTER' ? [uid + 1, largestUid] : [1, uid - 1];
  return { kind: 'uid', set: { kind: 'ranges', ranges: first <= last ? [[first, last]] : [] } };
}
