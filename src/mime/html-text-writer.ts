import { decodeEntities } from './html-entities.ts';

/** Characters without width, which mail is padded with; words must be found without them. */
const PADDING = /\u00ad|\u034f|\u200b|\u2060|\ufeff/g;

// oxlint-disable-next-line no-control-regex
const NOT_ASCII = /[^\0-\x7f]/;
// oxlint-disable-next-line no-control-regex
const BLANKS = /[\s\0]+/g;

/** Joins the texts between the tags of an HTML page, with the strongest break that stood between them. */
export class HtmlTextWriter {
  /** What was written and not taken yet. */
  out = '';
  #isEmpty = true;
  #pending: '' | ' ' | '\n' = '';

  space(): void {
    if (this.#pending === '') this.#pending = ' ';
  }

  newLine(): void {
    this.#pending = '\n';
  }

  /** Text as it stands in the page. May be cut anywhere but within a character reference. */
  text(raw: string): void {
    const decoded = decodeEntities(raw);
    const text = (NOT_ASCII.test(decoded) ? decoded.replace(PADDING, '') : decoded).replace(BLANKS, ' ');
    if (text === '') return;
    if (text.startsWith(' ')) this.space();
    const words = text.trim();
    if (words === '') return;
    this.out += (this.#isEmpty ? '' : this.#pending) + words;
    this.#isEmpty = false;
    this.#pending = text.endsWith(' ') ? ' ' : '';
  }

  /** What was written since the last time. */
  take(): string {
    const { out } = this;
    this.out = '';
    return out.toWellFormed();
  }
}
