import { decodeEntities } from './html-entities.ts';

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
/** Elements that lie beside each other: their texts are words of their own. */
const CELLS = new Set(['td', 'th', 'img', 'button', 'input', 'select', 'textarea']);

const TAG_NAME = /[A-Za-z][A-Za-z0-9:-]*/y;
/** Characters without width, which mail is padded with; words must be found without them. */
const PADDING = /\u00ad|\u034f|\u200b|\u2060|\ufeff/g;

// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\0-\x7f]/;
// oxlint-disable-next-line no-control-regex
const BLANKS = /[\s\0]+/g;

/** Joins words with the strongest break that stood between them. */
class TextWriter {
  out = '';
  #pending: '' | ' ' | '\n' = '';

  space(): void {
    if (this.#pending === '') this.#pending = ' ';
  }

  newLine(): void {
    this.#pending = '\n';
  }

  text(raw: string): void {
    const decoded = decodeEntities(raw);
    const text = (NOT_ASCII.test(decoded) ? decoded.replace(PADDING, '') : decoded).replace(BLANKS, ' ');
    if (text === '') return;
    if (text.startsWith(' ')) this.space();
    const words = text.trim();
    if (words === '') return;
    this.out += (this.out === '' ? '' : this.#pending) + words;
    this.#pending = text.endsWith(' ') ? ' ' : '';
  }
}

/**
 * The visible text of an HTML page: tags, comments, scripts and styles removed, blocks on lines of their own, blanks
 * collapsed, character references resolved. One pass, linear on any input; stops soon after `maxChars`. Not a sanitiser:
 * the result is text and must never be used as HTML.
 */
export function stripHtml(html: string, maxChars = Number.POSITIVE_INFINITY): string {
  const writer = new TextWriter();
  let at = 0;
  while (at < html.length && writer.out.length < maxChars) {
    const open = html.indexOf('<', at);
    if (open !== at) writer.text(html.slice(at, open < 0 ? html.length : open));
    if (open < 0) break;
    at = passMarkup(html, open, writer);
  }
  return writer.out.slice(0, maxChars).toWellFormed();
}

/** Passes over what begins with the `<` at `open`; returns where text goes on. */
function passMarkup(html: string, open: number, writer: TextWriter): number {
  const next = html[open + 1];
  if (next === '!' || next === '?') return passDeclaration(html, open);
  const isEnd = next === '/';
  TAG_NAME.lastIndex = open + (isEnd ? 2 : 1);
  const name = TAG_NAME.exec(html)?.[0].toLowerCase();
  if (name === undefined) {
    writer.text('<');
    return open + 1;
  }
  const end = passTag(html, TAG_NAME.lastIndex);
  if (BLOCKS.has(name)) writer.newLine();
  else if (CELLS.has(name)) writer.space();
  const close = isEnd || html[end - 2] === '/' ? undefined : HIDDEN.get(name);
  if (close === undefined) return end;
  close.lastIndex = end;
  const match = close.exec(html);
  return match === null ? html.length : passTag(html, match.index + match[0].length);
}

/** `<!-- … -->`, `<![CDATA[ … ]]>`, `<!doctype …>` and `<? … >`. */
function passDeclaration(html: string, open: number): number {
  const isComment = html.startsWith('<!--', open);
  if (isComment && (html.startsWith('<!-->', open) || html.startsWith('<!--->', open)))
    return html.indexOf('>', open) + 1;
  const end = html.indexOf(isComment ? '-->' : '>', open + (isComment ? 4 : 2));
  return end < 0 ? html.length : end + (isComment ? 3 : 1);
}

const TAG_STOP = /["'>]/g;

/** Behind the `>` of a tag, past quoted attribute values. A quote that is never closed is no quote. */
function passTag(html: string, from: number): number {
  let at = from;
  for (;;) {
    TAG_STOP.lastIndex = at;
    const stop = TAG_STOP.exec(html);
    if (stop === null) return html.length;
    if (stop[0] === '>') return stop.index + 1;
    const isValue = /=\s{0,20}$/.test(html.slice(Math.max(from, stop.index - 21), stop.index));
    const close = isValue ? html.indexOf(stop[0], stop.index + 1) : -1;
    if (isValue && close < 0) {
      const end = html.indexOf('>', stop.index);
      return end < 0 ? html.length : end + 1;
    }
    at = close < 0 ? stop.index + 1 : close + 1;
  }
}
