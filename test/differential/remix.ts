import type { Chance } from '../model/chance.ts';
import { oddFields } from './odd-header.ts';

/** Real messages taken apart and put together anew; one character an octet, CRLF line ends. */
export class Remix {
  private readonly messages: readonly string[];
  private readonly fields: readonly string[];
  private readonly calm: boolean;

  /** `calm`: lines and parts move, but what is in a line stays, so that what comes out is mostly valid. */
  constructor(messages: readonly string[], calm: boolean) {
    this.messages = messages;
    this.calm = calm;
    this.fields = messages.flatMap((message) => fieldsOf(headOf(message)));
  }

  next(chance: Chance): string {
    let text = chance.pick(this.messages);
    for (let count = 1 + chance.below(4); count > 0; count--) text = this.change(text, chance);
    return text.replaceAll('\0', ' ').replaceAll(/\r?\n/g, '\r\n');
  }

  private change(text: string, chance: Chance): string {
    const kind = chance.below(this.calm ? 3 : 4);
    if (kind === 0) return this.changeFields(text, chance);
    if (kind === 1) return this.changeParts(text, chance);
    return kind === 2 ? changeLines(text, chance) : changeOctets(text, chance);
  }

  private changeFields(text: string, chance: Chance): string {
    const head = headOf(text);
    const body = text.slice(head.length);
    const fields = fieldsOf(head);
    const at = chance.below(fields.length + 1);
    switch (chance.below(this.calm ? 3 : 4)) {
      case 0:
        fields.splice(at, 0, chance.pick(this.fields));
        return fields.join('') + body;
      case 1:
        fields.splice(at, chance.below(3));
        return fields.join('') + body;
      case 2:
        return foldAnew(head, chance) + body;
      default:
        return replaceFields(fields, oddFields(chance)) + body;
    }
  }

  private changeParts(text: string, chance: Chance): string {
    const other = chance.pick(this.messages);
    switch (chance.below(3)) {
      case 0:
        return headOf(text) + other.slice(headOf(other).length);
      case 1:
        return wrap(text, chance);
      default:
        return mixPart(text, other, chance);
    }
  }
}

function changeLines(text: string, chance: Chance): string {
  const lines = text.split('\r\n');
  const at = chance.below(lines.length);
  const kind = chance.below(3);
  if (kind === 0) return text.slice(0, chance.below(text.length + 1));
  if (kind === 1) lines.splice(at, 1 + chance.below(4));
  else {
    const from = chance.below(lines.length);
    lines.splice(at, 0, ...lines.slice(from, from + 1 + chance.below(12)));
  }
  return lines.join('\r\n');
}

function changeOctets(text: string, chance: Chance): string {
  const head = headOf(text);
  if (chance.oneIn(3)) return splice(head, chance) + text.slice(head.length);
  if (chance.oneIn(2)) return splice(text, chance);
  const lines = text.split('\r\n');
  const at = chance.below(lines.length);
  lines[at] = splice(lines[at] ?? '', chance);
  return lines.join('\r\n');
}

function headOf(text: string): string {
  const end = text.indexOf('\r\n\r\n');
  return end < 0 ? text : text.slice(0, end + 2);
}

function fieldsOf(head: string): string[] {
  return head.split(/(?<=\r\n)(?![ \t])/).filter((field) => field.length > 2);
}

function replaceFields(fields: readonly string[], others: readonly string[]): string {
  const content = fields.filter((field) => /^(?:content-|mime-)/i.test(field));
  return [...others.map((field) => `${field}\r\n`), ...content].join('');
}

function wrap(text: string, chance: Chance): string {
  const outer = 'From: a@b\r\nSubject: outer\r\nMIME-Version: 1.0\r\n';
  const type = chance.pick(['message/rfc822', 'message/rfc822', 'text/rfc822-headers']);
  if (chance.oneIn(2)) return `${outer}Content-Type: ${type}\r\n\r\n${text}`;
  const end = chance.pick(['\r\n--o--\r\n', '\r\n--o--', '', '\r\n']);
  return `${outer}Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: ${type}\r\n\r\n${text}\r\n--o\r\n\r\nplain${end}`;
}

const pieces = [
  ...[
    '\r\n',
    '\r',
    '--',
    '"',
    '(',
    ')',
    '<',
    '>',
    '@',
    ';',
    ':',
    '=',
    '=?utf-8?Q?',
    '?=',
    '\xff',
    ' ',
    '\t',
    '\r\n\r\n',
    '\r\n ',
    ',',
    '\\',
    '*0*=',
  ],
  ...[
    '[',
    ']',
    '.',
    '\r\nContent-Type: multipart/mixed; boundary=x\r\n',
    "utf-8''",
    '%',
    '\xe9',
    '\xc3\xa9',
    '/',
    '  ',
  ],
];

function splice(text: string, chance: Chance): string {
  const at = chance.below(text.length + 1);
  const end = Math.min(text.length, at + chance.below(chance.oneIn(2) ? 6 : 60));
  const kind = chance.below(4);
  if (kind === 0) return text.slice(0, at) + text.slice(end);
  if (kind === 1) return text.slice(0, end) + text.slice(at);
  if (kind === 2) return text.slice(0, at) + chance.pick(pieces) + text.slice(at);
  const to = chance.below(text.length + 1);
  return text.slice(0, to) + text.slice(at, end) + text.slice(to);
}

/** Puts a part of another message behind some boundary line of this one. */
function mixPart(text: string, other: string, chance: Chance): string {
  const lines = [...text.matchAll(/\r\n--[^\r\n]+\r\n/g)];
  if (lines.length === 0) return text;
  const line = chance.pick(lines);
  const part = chance.oneIn(2) ? other : other.slice(other.search(/\r\n--[^\r\n]/) + 2);
  return text.slice(0, line.index) + line[0] + part + text.slice(line.index);
}

/** Blanks of the header become folds, or folds blanks. */
function foldAnew(head: string, chance: Chance): string {
  if (chance.oneIn(2)) return head.replaceAll(/\r\n[ \t]+/g, ' ');
  return head.replaceAll(/(?<=[;,>?]) /g, () => (chance.oneIn(3) ? '\r\n\t' : ' '));
}
