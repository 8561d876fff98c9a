import type { Section } from '../../mime/find-section.ts';
import type { FetchArguments, FetchItem } from './fetch-item.ts';
import type { ImapReader } from './imap-reader.ts';
import { expectPartialRange, type PartialRange } from './partial-range.ts';

const fast: readonly FetchItem[] = [{ kind: 'flags' }, { kind: 'internaldate' }, { kind: 'rfc822.size' }];
const macros: ReadonlyMap<string, readonly FetchItem[]> = new Map<string, readonly FetchItem[]>([
  ['FAST', fast],
  ['ALL', [...fast, { kind: 'envelope' }]],
  ['FULL', [...fast, { kind: 'envelope' }, { kind: 'body' }]],
]);

/** Section parts inside each other; no message that was taken apart has more. */
const maxPath = 200;

/**
 * fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att / "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers].
 * RFC 9051 section 9, RFC 4466 section 2.4. Starts at the space before the set.
 */
export function expectFetch(r: ImapReader): FetchArguments {
  r.expectSpace();
  const set = r.expectSequenceSet();
  r.expectSpace();
  const items = expectItems(r);
  const modifiers = r.takeSpace() ? expectModifiers(r) : {};
  const { changedSince, vanished = false, page } = modifiers;
  return page === undefined ? { set, items, changedSince, vanished } : { set, items, changedSince, vanished, page };
}

function expectItems(r: ImapReader): readonly FetchItem[] {
  if (r.peek() === 40) return r.expectList(() => expectItem(r), false);
  for (const [name, items] of macros) if (r.takeWord(name)) return items;
  return [expectItem(r)];
}

interface Modifiers {
  changedSince?: number;
  vanished?: boolean;
  page?: PartialRange;
}

/** "(" "CHANGEDSINCE" SP mod-sequence-value [SP "VANISHED"] ")", RFC 7162 section 7; "PARTIAL" SP partial-range, RFC 9394 section 4. */
function expectModifiers(r: ImapReader): Modifiers {
  const modifiers: Modifiers = {};
  r.expectList(() => {
    const at = r.at;
    const name = r.expectKeyword();
    if (name === 'CHANGEDSINCE' && modifiers.changedSince === undefined) {
      r.expectSpace();
      modifiers.changedSince = r.expectNumber64();
    } else if (name === 'VANISHED' && modifiers.vanished === undefined) {
      modifiers.vanished = true;
    } else if (name === 'PARTIAL' && modifiers.page === undefined) {
      r.expectSpace();
      modifiers.page = expectPartialRange(r);
    } else {
      r.fail('fetch modifier', at);
    }
  }, false);
  return modifiers;
}

const plainItems = [
  'UID',
  'FLAGS',
  'INTERNALDATE',
  'RFC822.SIZE',
  'ENVELOPE',
  'BODYSTRUCTURE',
  'MODSEQ',
  'SAVEDATE',
  'EMAILID',
  'THREADID',
] as const;
const oldItems = ['RFC822.HEADER', 'RFC822.TEXT', 'RFC822'] as const;

/** fetch-att. RFC 9051 section 9. */
export function expectItem(r: ImapReader): FetchItem {
  for (const name of plainItems) {
    if (r.takeWord(name)) return { kind: name.toLowerCase() as Lowercase<typeof name> };
  }
  for (const name of oldItems) {
    if (r.takeWord(name)) return { kind: name.toLowerCase() as Lowercase<typeof name> };
  }
  return takePreview(r) ?? takeBracketItem(r) ?? r.fail('fetch item');
}

/** "PREVIEW" [SP "(" "LAZY" ")"]: previews are made at delivery, so lazy ones cost no less. RFC 8970 section 6. */
function takePreview(r: ImapReader): FetchItem | undefined {
  if (!r.takeWord('PREVIEW')) return undefined;
  const lazy = /^ \(LAZY\)/i.exec(r.text.slice(r.at, r.at + 7))?.[0];
  r.at += lazy?.length ?? 0;
  return { kind: 'preview' };
}

/** BODY, BODY[…], BODY.PEEK[…], BINARY[…], BINARY.PEEK[…], BINARY.SIZE[…]: `[` is an atom character, so no takeWord. */
function takeBracketItem(r: ImapReader): FetchItem | undefined {
  const name = /^(BODY|BINARY)(\.PEEK|\.SIZE)?(?=\[)/i.exec(r.text.slice(r.at, r.at + 12))?.[0].toUpperCase();
  if (name === undefined) return r.takeWord('BODY') ? { kind: 'body' } : undefined;
  const at = r.at;
  r.at += name.length;
  switch (name) {
    case 'BODY':
    case 'BODY.PEEK':
      return { kind: 'section', section: expectSection(r), peek: name === 'BODY.PEEK', partial: r.takePartial() };
    case 'BINARY':
    case 'BINARY.PEEK':
      return { kind: 'binary', path: expectBinaryPath(r), peek: name === 'BINARY.PEEK', partial: r.takePartial() };
    case 'BINARY.SIZE':
      return { kind: 'binary.size', path: expectBinaryPath(r) };
    default:
      return r.fail('fetch item', at);
  }
}

/** section-binary = "[" [section-part] "]". RFC 9051 section 9. */
function expectBinaryPath(r: ImapReader): number[] {
  r.expectChar('[');
  const path: number[] = [];
  if (r.peek() !== 93) {
    do path.push(expectPartNumber(r, path.length));
    while (r.takeChar('.'));
  }
  r.expectChar(']');
  return path;
}

function expectPartNumber(r: ImapReader, depth: number): number {
  if (depth >= maxPath) r.fail('shorter section');
  return r.expectNonZero();
}

/** section = "[" [section-msgtext / (section-part ["." section-text])] "]". RFC 9051 section 9. */
export function expectSection(r: ImapReader): Section {
  r.expectChar('[');
  const path: number[] = [];
  let section: Section = { path };
  while (!r.takeChar(']')) {
    if (isDigit(r.peek())) {
      path.push(expectPartNumber(r, path.length));
      if (r.takeChar('.')) {
        if (r.peek() === 93) r.fail('section part');
        continue;
      }
    } else {
      section = expectSectionText(r, path);
    }
    r.expectChar(']');
    break;
  }
  return section;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** section-text = section-msgtext / "MIME"; the latter only after a part. RFC 9051 sections 6.4.5.1 and 9. */
function expectSectionText(r: ImapReader, path: readonly number[]): Section {
  const at = r.at;
  const name = r.expectKeyword();
  switch (name) {
    case 'HEADER':
      return { path, text: 'header' };
    case 'TEXT':
      return { path, text: 'text' };
    case 'MIME':
      if (path.length === 0) r.fail('section', at);
      return { path, text: 'mime' };
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      r.expectSpace();
      const fields = r.expectList(() => r.expectAstring(), false);
      return { path, text: name === 'HEADER.FIELDS' ? 'header.fields' : 'header.fields.not', fields };
    }
    default:
      return r.fail('section', at);
  }
}
