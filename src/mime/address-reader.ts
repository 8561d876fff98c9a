/** Nesting of comments that is counted. */
const MAX_COMMENT_DEPTH = 100;

/** Longest domain literal looked for. */
const MAX_LITERAL = 300;

const BLANK = 1;
const SPECIAL = 2;
/** Kind of each octet; 0 may stand in an atom. 8-bit octets are let in (RFC 6532), stray `[`, `]` and `\` too. */
const KIND = new Uint8Array(256);
for (let code = 0; code <= 32; code++) KIND[code] = BLANK;
KIND[127] = BLANK;
for (const char of '()<>@,;:".') KIND[char.charCodeAt(0)] = SPECIAL;
const CLOSING = 41;

/** The same words as what they may be. */
export interface Words {
  readonly phrase: string;
  readonly localPart: string;
  /** There was no word, not even `""`. */
  readonly isEmpty: boolean;
}

/** Reads the tokens of address fields (Latin-1), passing over blanks and comments. RFC 5322 sections 3.2 and 4. */
export class AddressReader {
  readonly text: string;
  at = 0;
  /** The last comment passed over, unescaped. */
  comment: string | undefined = undefined;
  /** The last separators passed over had a comma. */
  hadComma = true;
  /** The last domain had dots without an atom between them. */
  hadOddDots = false;

  constructor(text: string) {
    this.text = text;
  }

  peek(): string | undefined {
    return this.text[this.at];
  }

  take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  /** Passes over CFWS. */
  skip(): void {
    const { text } = this;
    while (this.at < text.length) {
      const code = text.charCodeAt(this.at);
      if (KIND[code] === BLANK) this.at++;
      else if (code === 40) this.#takeComment();
      else return;
    }
  }

  /** Passes over CFWS and commas; false at the end. */
  skipSeparators(): boolean {
    this.hadComma = false;
    for (this.skip(); this.take(','); this.skip()) this.hadComma = true;
    return this.at < this.text.length;
  }

  /** Behind the next such character, or at the next comma when that comes first or it never comes. */
  skipPast(char: string): void {
    const { text } = this;
    for (;;) {
      this.skip();
      const next = text[this.at];
      if (next === undefined || next === ',') return;
      if (next === '"') this.#takeQuoted();
      else this.at++;
      if (next === char) return;
    }
  }

  #takeComment(): void {
    const { text } = this;
    const start = this.at + 1;
    let depth = 0;
    let plain = true;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === 92) {
        plain = false;
        this.at++;
      } else if (code === 40) depth = Math.min(depth + 1, MAX_COMMENT_DEPTH);
      else if (code === 41 && --depth === 0) break;
    }
    this.at = Math.min(this.at, text.length);
    this.comment = unescape(text.slice(start, this.at), plain).trim();
    this.at = Math.min(this.at + 1, text.length);
  }

  #takeQuoted(): string {
    const { text } = this;
    const start = ++this.at;
    let plain = true;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code === 34) break;
      if (code === 92) {
        plain = false;
        this.at++;
      }
    }
    this.at = Math.min(this.at, text.length);
    const content = unescape(text.slice(start, this.at), plain);
    this.at = Math.min(this.at + 1, text.length);
    return content;
  }

  #takeAtom(): string {
    const { text } = this;
    const start = this.at;
    while (this.at < text.length && KIND[text.charCodeAt(this.at)] === 0) this.at++;
    return text.slice(start, this.at);
  }

  /** An atom in which a parenthesis that closes nothing is a character like others. */
  #takeWordAtom(): string {
    const { text } = this;
    const start = this.at;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code !== CLOSING && KIND[code] !== 0) break;
    }
    return text.slice(start, this.at);
  }

  /**
   * Words and dots: `phrase = 1*word / obs-phrase`, blanks between them as one; or `local-part`, which has no blanks around
   * its dots. Which of the two it is only what follows can tell.
   */
  takeWords(): Words {
    const { text } = this;
    let phrase = '';
    let localPart = '';
    let afterDot = true;
    let isEmpty = true;
    for (;;) {
      const end = this.at;
      this.skip();
      const code = text.charCodeAt(this.at);
      const isDot = code === 46;
      if (!isDot && code !== 34 && code !== CLOSING && (this.at >= text.length || KIND[code] !== 0))
        return { phrase, localPart, isEmpty };
      isEmpty = false;
      const isSpaced = this.at > end && phrase !== '';
      const token = isDot ? '.' : code === 34 ? this.#takeQuoted() : this.#takeWordAtom();
      if (isDot) this.at++;
      phrase += isSpaced ? ` ${token}` : token;
      localPart += isSpaced && !isDot && !afterDot ? ` ${token}` : token;
      afterDot = isDot;
    }
  }

  /** `domain = dot-atom / domain-literal / obs-domain`. Dots at its ends and several in a row do not count. */
  takeDomain(): string {
    const { text } = this;
    this.hadOddDots = false;
    this.skip();
    if (text[this.at] === '[') return this.#takeLiteral();
    let out = '';
    let dots = 0;
    for (;;) {
      this.skip();
      const next = text.charCodeAt(this.at);
      if (next === 46) {
        this.at++;
        dots++;
      } else if (this.at < text.length && KIND[next] === 0 && (out === '' || dots > 0)) {
        this.hadOddDots ||= dots > (out === '' ? 0 : 1);
        out += `${out === '' ? '' : '.'}${this.#takeAtom()}`;
        dots = 0;
      } else {
        this.hadOddDots ||= dots > 0;
        return out;
      }
    }
  }

  #takeLiteral(): string {
    const { text } = this;
    const start = this.at;
    const near = text.slice(start, start + MAX_LITERAL);
    const whole = /^\[(?:[^\]\\]|\\[\s\S])*\]/.exec(near);
    const end = near.search(/[,>]/);
    const length = whole !== null ? whole[0].length : end >= 0 ? end : near.length;
    this.at = start + length;
    return near.slice(0, length).replace(/\s+/g, '');
  }

  /** `obs-route = obs-domain-list ":"`, as `@a,@b`; '' when there is none. RFC 5322 section 4.4. */
  takeRoute(): string {
    this.skip();
    let route = '';
    const start = this.at;
    while (this.text[this.at] === '@' || this.text[this.at] === ',') {
      if (this.take('@')) route += `${route === '' ? '' : ','}@${this.takeDomain()}`;
      else this.at++;
      this.skip();
    }
    if (this.take(':')) return route;
    this.at = start;
    return '';
  }
}

/** Without backslashes and folds. */
function unescape(content: string, plain: boolean): string {
  const text = plain ? content : content.replace(/\\([\s\S])/g, '$1');
  return text.includes('\n') ? text.replace(/\r?\n/g, '') : text;
}
