import { parseImapDate } from '../../mime/print-imap-date.ts';
import type { MailDate } from '../../mime/parse-date.ts';
import { parseDay } from './imap-date.ts';
import { findLiteralMark } from './literal-mark.ts';
import { parseUtf7 } from './mailbox-utf7.ts';
import { MalformedInput } from './malformed-input.ts';
import { star, type SequenceSet } from './sequence-set.ts';
import { decodeUtf8 } from './utf8-octets.ts';

/** What a reader must know of the client. */
export interface ReaderOptions {
  /** Mailbox names are UTF-8, not modified UTF-7: after ENABLE IMAP4rev2 or UTF8=ACCEPT. */
  readonly utf8: boolean;
}

/** Parentheses inside each other, in any command. */
export const maxDepth = 50;

/** A message literal whose octets follow the text that was read. RFC 9051 section 6.3.12. */
export interface MessageLiteral {
  readonly sizeBytes: number;
  readonly sync: boolean;
  readonly binary: boolean;
}

/** BODY[]<offset.count>. RFC 9051 section 9, partial. */
export interface Partial {
  readonly offset: number;
  readonly count: number;
}

const QUOTE = 34;
const BACKSLASH = 92;

/**
 * Reads one complete command: Latin-1 text (one character, one octet) without the last CRLF, literals in place as they
 * came: `{3}` CRLF `abc`. `take…` tries and leaves the position where it was; `expect…` insists and throws
 * MalformedInput, which only `read` of this folder catches.
 */
export class ImapReader {
  readonly text: string;
  readonly utf8: boolean;
  at = 0;
  private depth = 0;

  constructor(text: string, options: ReaderOptions) {
    this.text = text;
    this.utf8 = options.utf8;
  }

  /** Ends the parse. */
  fail(expected: string, at: number = this.at): never {
    throw new MalformedInput(expected, at);
  }

  /** The next octet, -1 at the end. */
  peek(): number {
    return this.at < this.text.length ? this.text.charCodeAt(this.at) : -1;
  }

  atEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** Nothing may follow; blanks at the end of a command are forgiven. */
  expectEnd(): void {
    let at = this.at;
    while (at < this.text.length && this.text.charCodeAt(at) === 32) at++;
    if (at < this.text.length) this.fail('end of command');
    this.at = at;
  }

  takeChar(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  expectChar(char: string): void {
    if (!this.takeChar(char)) this.fail(`"${char}"`);
  }

  takeSpace(): boolean {
    return this.takeChar(' ');
  }

  /** SP. More than one is forgiven nowhere: clients do not send it, and argument counts would be unclear. */
  expectSpace(): void {
    if (!this.takeChar(' ')) this.fail('space');
  }

  /** A keyword in any case that is not just the start of a longer atom. */
  takeWord(word: string): boolean {
    const end = this.at + word.length;
    if (end > this.text.length || this.text.slice(this.at, end).toUpperCase() !== word) return false;
    if (
      end < this.text.length &&
      isAtomChar(this.text.charCodeAt(end)) &&
      isAtomChar(word.charCodeAt(word.length - 1))
    ) {
      return false;
    }
    this.at = end;
    return true;
  }

  /** 1*ATOM-CHAR. RFC 9051 section 9. */
  expectAtom(): string {
    return this.takeRun(isAtomChar) ?? this.fail('atom');
  }

  /** An atom in upper case: names of commands, items, options. */
  expectKeyword(): string {
    return this.expectAtom().toUpperCase();
  }

  /** tag = 1*<any ASTRING-CHAR except "+">. RFC 9051 section 9. */
  expectTag(): string {
    return this.takeRun((code) => code !== 43 && isAstringChar(code)) ?? this.fail('tag');
  }

  /** astring = 1*ASTRING-CHAR / string. RFC 9051 section 9. Octets. */
  expectAstring(): string {
    return this.takeString() ?? this.takeRun(isAstringChar) ?? this.fail('atom or string');
  }

  /** string = quoted / literal. RFC 9051 section 9. Octets. */
  expectString(): string {
    return this.takeString() ?? this.fail('string');
  }

  /** nstring = string / nil. RFC 9051 section 9. Octets. */
  expectNstring(): string | undefined {
    return this.takeWord('NIL') ? undefined : this.expectString();
  }

  /** An astring that is text for humans, in UTF-8. */
  expectText(): string {
    const at = this.at;
    return decodeUtf8(this.expectAstring()) ?? this.fail('UTF-8', at);
  }

  takeString(): string | undefined {
    const code = this.peek();
    if (code === QUOTE) return this.quoted();
    if (code === 123 || (code === 126 && this.text.charCodeAt(this.at + 1) === 123)) return this.literal();
    return undefined;
  }

  /** quoted = DQUOTE *QUOTED-CHAR DQUOTE. RFC 9051 section 9; octets above 127 pass, their users judge them. */
  private quoted(): string {
    const start = this.at;
    let out = '';
    let from = start + 1;
    for (let at = from; at < this.text.length; at++) {
      const code = this.text.charCodeAt(at);
      if (code === QUOTE) {
        this.at = at + 1;
        return out + this.text.slice(from, at);
      }
      if (code === BACKSLASH) {
        const next = this.text.charCodeAt(at + 1);
        if (next !== QUOTE && next !== BACKSLASH) this.fail('\\" or \\\\', at);
        out += this.text.slice(from, at);
        from = at + 1;
        at++;
      } else if (code === 0 || code === 10 || code === 13) {
        this.fail('quoted character', at);
      }
    }
    return this.fail('closing quote', this.text.length);
  }

  /** literal = "{" number64 ["+"] "}" CRLF *CHAR8, literal8 with "~" in front. RFC 9051 section 9. */
  private literal(): string {
    const start = this.at;
    const lineEnd = this.text.indexOf('\r\n', start);
    const mark = lineEnd < 0 ? undefined : findLiteralMark(this.text.slice(start, lineEnd));
    if (mark === undefined || mark.start !== 0) return this.fail('literal', start);
    const from = lineEnd + 2;
    const end = from + mark.sizeBytes;
    if (end > this.text.length) this.fail('octets of literal', start);
    const octets = this.text.slice(from, end);
    if (!mark.binary && octets.includes('\0')) this.fail('literal without NUL', start);
    this.at = end;
    return octets;
  }

  /** The mark of a literal at the very end of the text: its octets were not read yet. */
  expectMessageLiteral(): MessageLiteral {
    const mark = findLiteralMark(this.text.slice(this.at));
    if (mark === undefined || mark.start !== 0) return this.fail('literal');
    this.at = this.text.length;
    return { sizeBytes: mark.sizeBytes, sync: mark.sync, binary: mark.binary };
  }

  /** Visible ASCII up to the next space, such as base64. */
  expectToken(): string {
    return this.takeRun((code) => code > 32 && code < 127) ?? this.fail('text');
  }

  private takeRun(allowed: (code: number) => boolean): string | undefined {
    let end = this.at;
    while (end < this.text.length && allowed(this.text.charCodeAt(end))) end++;
    if (end === this.at) return undefined;
    const run = this.text.slice(this.at, end);
    this.at = end;
    return run;
  }

  /** number = 1*DIGIT below 2^32. RFC 9051 section 9. */
  expectNumber(): number {
    const at = this.at;
    const value = Number(this.takeRun(isDigit) ?? this.fail('number'));
    return value <= 0xffffffff ? value : this.fail('number below 2^32', at);
  }

  /** nz-number. RFC 9051 section 9. */
  expectNonZero(): number {
    const at = this.at;
    const value = this.expectNumber();
    return value > 0 ? value : this.fail('number above 0', at);
  }

  /** number64 and mod-sequence-valzer: below 2^63. What is beyond 2^53 counts as 2^53-1, which no counter of ours reaches. */
  expectNumber64(): number {
    const at = this.at;
    const digits = this.takeRun(isDigit) ?? this.fail('number');
    if (digits.length > 19 && digits.replace(/^0+/, '').length > 19) this.fail('number below 2^63', at);
    const value = Number(digits);
    if (value > 2 ** 63) this.fail('number below 2^63', at);
    return Math.min(value, Number.MAX_SAFE_INTEGER);
  }

  /** sequence-set = (seq-number / seq-range) ["," sequence-set], or seq-last-command "$". RFC 9051 section 9. */
  expectSequenceSet(): SequenceSet {
    if (this.takeChar('$')) return { kind: 'saved' };
    return { kind: 'ranges', ranges: this.expectRanges() };
  }

  /** A sequence-set without `$`. */
  expectRanges(): (readonly [number, number])[] {
    const ranges: (readonly [number, number])[] = [];
    do {
      const first = this.sequenceNumber();
      ranges.push([first, this.takeChar(':') ? this.sequenceNumber() : first]);
    } while (this.takeChar(','));
    return ranges;
  }

  private sequenceNumber(): number {
    return this.takeChar('*') ? star : this.expectNonZero();
  }

  /** "(" [item *(SP item)] ")": a list in parentheses, at most `maxDepth` inside each other. */
  expectList<T>(item: () => T, allowEmpty: boolean): T[] {
    this.expectChar('(');
    if (this.depth >= maxDepth) this.fail('fewer parentheses');
    this.depth++;
    const items: T[] = [];
    if (!(allowEmpty && this.takeChar(')'))) {
      do items.push(item());
      while (this.takeSpace());
      this.expectChar(')');
    }
    this.depth--;
    return items;
  }

  /** Runs a production one level deeper; for recursion without parentheses, such as NOT NOT. */
  nested<T>(production: () => T): T {
    if (this.depth >= maxDepth) this.fail('less nesting');
    this.depth++;
    const value = production();
    this.depth--;
    return value;
  }

  /** flag = "\Seen" and the like, or a keyword. RFC 9051 section 9. As written; `\*` and `\Recent` are for the caller to judge. */
  expectFlag(): string {
    return this.takeChar('\\') ? `\\${this.expectAtom()}` : this.expectAtom();
  }

  /** flag-list = "(" [flag *(SP flag)] ")". RFC 9051 section 9. */
  expectFlagList(): string[] {
    return this.expectList(() => this.expectFlag(), true);
  }

  /** mailbox = "INBOX" / astring. RFC 9051 section 9. Decoded to Unicode; any case of INBOX becomes INBOX, alone or as first level. */
  expectMailbox(): string {
    const at = this.at;
    return this.mailboxName(this.expectAstring(), at);
  }

  /**
   * list-mailbox = 1*list-char / string: a pattern with `*` and `%`. RFC 9051 section 9. Decoded like a mailbox, INBOX as written.
   * Undefined: no name can be written like that.
   */
  expectListMailbox(): string | undefined {
    const octets = this.takeString() ?? this.takeRun(isListChar) ?? this.fail('mailbox pattern');
    return this.utf8 ? decodeUtf8(octets) : parseUtf7(octets);
  }

  private mailboxName(octets: string, at: number): string {
    const name = this.decodeName(octets, at);
    return /^inbox(?=\/|$)/i.test(name) ? `INBOX${name.slice(5)}` : name;
  }

  private decodeName(octets: string, at: number): string {
    return this.utf8
      ? (decodeUtf8(octets) ?? this.fail('mailbox name in UTF-8', at))
      : (parseUtf7(octets) ?? this.fail('mailbox name in modified UTF-7', at));
  }

  /** date = date-text / DQUOTE date-text DQUOTE. RFC 9051 section 9. Start of the day in UTC, milliseconds. */
  expectDate(): number {
    const at = this.at;
    return parseDay(this.expectAstring()) ?? this.fail('date', at);
  }

  /** date-time = DQUOTE date-day-fixed "-" … zone DQUOTE. RFC 9051 section 9. */
  expectDateTime(): MailDate {
    const at = this.at;
    if (this.peek() !== QUOTE) this.fail('date-time');
    const date = parseImapDate(this.quoted());
    return date.ok ? date.value : this.fail('date-time', at);
  }

  /** partial = "<" number64 "." nz-number64 ">". RFC 9051 section 9. */
  takePartial(): Partial | undefined {
    if (!this.takeChar('<')) return undefined;
    const offset = this.expectNumber64();
    this.expectChar('.');
    const at = this.at;
    const count = this.expectNumber64();
    if (count === 0) this.fail('number above 0', at);
    this.expectChar('>');
    return { offset, count };
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** ATOM-CHAR: any CHAR but ( ) { SP CTL % * " \ ]. RFC 9051 section 9. */
function isAtomChar(code: number): boolean {
  if (code <= 32 || code >= 127) return false;
  return (
    code !== 40 &&
    code !== 41 &&
    code !== 123 &&
    code !== 37 &&
    code !== 42 &&
    code !== 34 &&
    code !== 92 &&
    code !== 93
  );
}

function isAstringChar(code: number): boolean {
  return code === 93 || isAtomChar(code);
}

function isListChar(code: number): boolean {
  return code === 37 || code === 42 || isAstringChar(code);
}
