import { HtmlTextWriter } from './html-text-writer.ts';

/** Elements that begin a new line. */
const BLOCKS = new Set(
  (
    'address article aside blockquote body br caption center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 ' +
    'head header hr html legend li main menu nav ol option p pre section summary table tbody tfoot thead title tr ul'
  ).split(' '),
);
/** Elements whose content is no text of the page, up to their end tag. */
const HIDDEN = new Map(
  ['script', 'style', 'template', 'title', 'noframes', 'iframe', 'object', 'xml'].map((name) => [
    name,
    new RegExp(`</${name}(?![A-Za-z0-9:-])`, 'gi'),
  ]),
);
/** Longest of these with the `</` before it. */
const MAX_END_TAG = 10;
/** Elements that lie beside each other: their texts are words of their own. */
const CELLS = new Set(['td', 'th', 'img', 'button', 'input', 'select', 'textarea']);

/** What is longer is no element that matters; the rest of the name is passed over like an attribute. */
const MAX_NAME = 64;
const TAG_NAME = new RegExp(`[A-Za-z][A-Za-z0-9:-]{0,${MAX_NAME - 1}}`, 'y');
const TAG_STOP = /["'>]/g;
/** Blanks between `=` and a quoted value, and the `=`. */
const BEFORE_VALUE = 21;
/** Characters of a quoted attribute value. A quote that is not closed within them is no quote. */
const MAX_VALUE = 1024 * 1024;
/** Longest character reference that is known. */
const MAX_REFERENCE = 40;
/** Enough to tell a comment, and whether it is empty. */
const DECLARATION = '<!--->'.length;

/**
 * The visible text of an HTML page: tags, comments, scripts and styles removed, blocks on lines of their own, blanks
 * collapsed, character references resolved. One pass, linear on any input; stops soon after `maxChars`. Not a sanitiser:
 * the result is text and must never be used as HTML.
 */
export function stripHtml(html: string, maxChars = Number.POSITIVE_INFINITY): string {
  const text = new HtmlStripper().end(html, maxChars);
  return text.length <= maxChars ? text : text.slice(0, maxChars).toWellFormed();
}

/** Where in the page the next character stands. */
type Place = 'text' | 'tag' | 'broken tag' | 'comment' | 'declaration' | 'hidden';

/**
 * `stripHtml` for pages that come in pieces, well-formed each: however they are cut, the texts together are the same.
 * Holds back at most about a million characters: an attribute value whose end is not there yet.
 */
export class HtmlStripper {
  readonly #writer = new HtmlTextWriter();
  #html = '';
  /** Where the next character is. */
  #at = 0;
  /** Where the tag begins, behind its name, as far as it is still there. */
  #tagStart = 0;
  #place: Place = 'text';
  /** Finds the end tag of the element whose start tag this is; its content is no text. */
  #hiding: RegExp | undefined;
  #isLast = false;

  /** The text of the page, as far as it is known with this piece. */
  write(piece: string): string {
    const inTag = this.#place === 'tag' || this.#place === 'broken tag';
    const keepFrom = inTag ? Math.max(this.#tagStart, this.#at - BEFORE_VALUE - 1) : this.#at;
    this.#html = this.#html.slice(keepFrom) + piece;
    this.#at -= keepFrom;
    this.#tagStart = Math.max(0, this.#tagStart - keepFrom);
    return this.#run(Number.POSITIVE_INFINITY);
  }

  /** The rest of the text. Stops soon after `maxChars`. */
  end(lastPiece: string, maxChars = Number.POSITIVE_INFINITY): string {
    this.#isLast = true;
    if (this.#html !== '') return this.write(lastPiece);
    this.#html = lastPiece;
    return this.#run(maxChars);
  }

  #run(maxChars: number): string {
    let goesOn = true;
    while (goesOn && this.#at < this.#html.length && this.#writer.out.length < maxChars) goesOn = this.#step();
    return this.#writer.take();
  }

  /** Goes forward. False: what follows is needed for that. */
  #step(): boolean {
    switch (this.#place) {
      case 'text':
        return this.#passText();
      case 'tag':
        return this.#passTag();
      case 'broken tag':
        return this.#passTo('>', () => this.#endTag());
      case 'comment':
        return this.#passTo('-->', () => (this.#place = 'text'));
      case 'declaration':
        return this.#passTo('>', () => (this.#place = 'text'));
      case 'hidden':
        return this.#passHidden();
    }
  }

  #passText(): boolean {
    const open = this.#html.indexOf('<', this.#at);
    const end = open >= 0 ? open : this.#isLast ? this.#html.length : this.#wholeReferences();
    if (end > this.#at) this.#writer.text(this.#html.slice(this.#at, end));
    this.#at = end;
    return open >= 0 && this.#enterMarkup(open);
  }

  /** Before a character reference that may go on in the next piece, or the end. */
  #wholeReferences(): number {
    const reference = this.#html.lastIndexOf('&');
    const { length } = this.#html;
    return reference >= this.#at && reference > length - MAX_REFERENCE ? reference : length;
  }

  /** What begins with the `<` at `open`. */
  #enterMarkup(open: number): boolean {
    const html = this.#html;
    const next = html[open + 1];
    if (next === '!' || next === '?') return this.#enterDeclaration(open);
    const isEnd = next === '/';
    const nameStart = open + (isEnd ? 2 : 1);
    TAG_NAME.lastIndex = nameStart;
    const name = TAG_NAME.exec(html)?.[0].toLowerCase();
    const nameEnd = nameStart + (name?.length ?? 0);
    if (nameEnd >= html.length && (name?.length ?? 0) < MAX_NAME && !this.#isLast) return false;
    if (name === undefined) {
      this.#writer.text('<');
      this.#at = open + 1;
      return true;
    }
    if (BLOCKS.has(name)) this.#writer.newLine();
    else if (CELLS.has(name)) this.#writer.space();
    this.#enterTag(nameEnd, isEnd ? undefined : HIDDEN.get(name));
    return true;
  }

  #enterTag(nameEnd: number, hiding: RegExp | undefined): void {
    this.#place = 'tag';
    this.#hiding = hiding;
    this.#tagStart = nameEnd;
    this.#at = nameEnd;
  }

  /** `<!-- … -->`, `<![CDATA[ … ]]>`, `<!doctype …>` and `<? … >`. */
  #enterDeclaration(open: number): boolean {
    const html = this.#html;
    if (!this.#isLast && html.length < open + DECLARATION) return false;
    const isComment = html.startsWith('<!--', open);
    if (isComment && (html.startsWith('<!-->', open) || html.startsWith('<!--->', open))) {
      this.#at = html.indexOf('>', open) + 1;
      return true;
    }
    this.#place = isComment ? 'comment' : 'declaration';
    this.#at = open + (isComment ? 4 : 2);
    return true;
  }

  #passTo(end: string, then: () => void): boolean {
    const found = this.#html.indexOf(end, this.#at);
    this.#at = found < 0 ? Math.max(this.#at, this.#html.length - end.length + 1) : found + end.length;
    if (found < 0) return false;
    then();
    return true;
  }

  /** To the `>` of a tag, past quoted attribute values. */
  #passTag(): boolean {
    const html = this.#html;
    for (;;) {
      TAG_STOP.lastIndex = this.#at;
      const stop = TAG_STOP.exec(html);
      if (stop === null) {
        this.#at = html.length;
        return false;
      }
      if (stop[0] === '>') {
        this.#at = stop.index + 1;
        this.#endTag();
        return true;
      }
      const before = html.slice(Math.max(this.#tagStart, stop.index - BEFORE_VALUE), stop.index);
      this.#at = stop.index + 1;
      if (!/=\s{0,20}$/.test(before)) continue;
      const close = html.indexOf(stop[0], stop.index + 1);
      if (close >= 0 && close - stop.index <= MAX_VALUE) {
        this.#at = close + 1;
        continue;
      }
      this.#at = stop.index;
      if (close < 0 && !this.#isLast && html.length - stop.index <= MAX_VALUE) return false;
      this.#place = 'broken tag';
      return true;
    }
  }

  /** Behind the `>` of a tag. */
  #endTag(): void {
    this.#place = this.#hiding === undefined || this.#html[this.#at - 2] === '/' ? 'text' : 'hidden';
  }

  #passHidden(): boolean {
    const hiding = this.#hiding;
    if (hiding === undefined) return false;
    hiding.lastIndex = this.#at;
    const match = hiding.exec(this.#html);
    const end = match === null ? this.#html.length : match.index + match[0].length;
    if (end >= this.#html.length && !this.#isLast) {
      this.#at = match === null ? Math.max(this.#at, end - MAX_END_TAG) : match.index;
      return false;
    }
    if (match === null) this.#at = end;
    else this.#enterTag(end, undefined);
    return true;
  }
}
