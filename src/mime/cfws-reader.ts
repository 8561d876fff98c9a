import { trimBlanks } from './parse-header.ts';

/** Deepest nesting of comments that is counted; deeper ones end with the innermost counted. */
const MAX_COMMENT_DEPTH = 100;

/** Characters that end an RFC 2045 token: tspecials, blanks and controls. */
const ENDS_TOKEN = new Uint8Array(256);
for (let code = 0; code <= 32; code++) ENDS_TOKEN[code] = 1;
ENDS_TOKEN[127] = 1;
for (const char of '()<>@,;:\\"/[]?=') ENDS_TOKEN[char.charCodeAt(0)] = 1;

/** Reads a structured header value (Latin-1) left to right, passing over blanks and comments. RFC 5322 section 3.2.2. */
export class CfwsReader {
  readonly text: string;
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Passes over blanks, line ends and comments. An unclosed comment reaches to the end. */
  skip(): void {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (code === 40) this.#skipComment();
      else if (code === 32 || code === 9 || code === 13 || code === 10 || code === 0) this.at++;
      else return;
    }
  }

  #skipComment(): void {
    const { text } = this;
    let depth = 0;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === 92) this.at++;
      else if (code === 40) depth = Math.min(depth + 1, MAX_COMMENT_DEPTH);
      else if (code === 41 && --depth === 0) {
        this.at++;
        return;
      }
    }
    this.at = text.length;
  }

  /** Takes the character if it is next. */
  take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  /** `token` of RFC 2045 section 5.1 after blanks and comments; '' when there is none. 8-bit octets are let in. */
  takeToken(): string {
    this.skip();
    const start = this.at;
    const { text } = this;
    while (this.at < text.length && ENDS_TOKEN[text.charCodeAt(this.at)] !== 1) this.at++;
    return text.slice(start, this.at);
  }

  /** A quoted string's content, quotes and backslashes removed, line ends of folds too; the quote is next. */
  takeQuoted(): string {
    const { text } = this;
    this.at++;
    const start = this.at;
    let plain = true;
    let end = start;
    for (; end < text.length; end++) {
      const code = text.charCodeAt(end);
      if (code === 34) break;
      if (code === 92) {
        plain = false;
        end++;
      } else if (code === 13 || code === 10) plain = false;
    }
    end = Math.min(end, text.length);
    this.at = Math.min(end + 1, text.length);
    const content = text.slice(start, end);
    return plain ? content : content.replace(/\r?\n/g, '').replace(/\\([\s\S])/g, '$1');
  }

  /**
   * `value := token / quoted-string` (RFC 2045 section 5.1). An unquoted value with blanks or specials in it, as some
   * programs write file names, reaches to the next semicolon. '' when there is nothing.
   */
  takeParamValue(): string {
    this.skip();
    const { text } = this;
    if (text[this.at] === '"') return this.takeQuoted();
    const start = this.at;
    const token = this.takeToken();
    this.skip();
    if (this.at >= text.length || text[this.at] === ';') return token;
    const semicolon = text.indexOf(';', this.at);
    this.at = semicolon < 0 ? text.length : semicolon;
    return trimBlanks(text.slice(start, this.at).replace(/\r?\n/g, ''));
  }

  /** After blanks and comments there is nothing more, or a semicolon. */
  mayEndValue(): boolean {
    this.skip();
    return this.at >= this.text.length || this.text[this.at] === ';';
  }

  /** Goes behind the next such character outside of quotes and comments; false when there is none. */
  skipTo(char: string): boolean {
    const { text } = this;
    for (;;) {
      this.skip();
      if (this.at >= text.length) return false;
      if (text[this.at] === char) {
        this.at++;
        return true;
      }
      if (text[this.at] === '"') this.takeQuoted();
      else this.at++;
    }
  }
}
