/**
 * BODY out of BODYSTRUCTURE: the same without extension data (RFC 9051 section 7.5.2). Only the extended form is kept in
 * the store. Input is what mime/print-body-structure.ts printed; other input gives nonsense, but always ends.
 */
export function printPlainBody(bodyStructure: string): string {
  const reading: Reading = { text: bodyStructure, at: 0, out: '' };
  copyBody(reading, 0);
  return reading.out;
}

interface Reading {
  readonly text: string;
  at: number;
  out: string;
}

const OPEN = 40;
const CLOSE = 41;
const SPACE = 32;
const QUOTE = 34;
const BACKSLASH = 92;
const BRACE = 123;

/** Deeper than any structure that is printed (MimeLimits.depth, two levels each). */
const maxDepth = 1000;

/** body = "(" (body-type-1part / body-type-mpart) ")". RFC 9051 section 9. */
function copyBody(reading: Reading, depth: number): void {
  const { text } = reading;
  reading.at++;
  reading.out += '(';
  if (text.charCodeAt(reading.at) === OPEN && depth < maxDepth) {
    while (text.charCodeAt(reading.at) === OPEN) copyBody(reading, depth + 1);
    copyItems(reading, 1);
  } else {
    copySinglePart(reading, depth);
  }
  while (reading.at < text.length && text.charCodeAt(reading.at) !== CLOSE) skipItem(reading);
  reading.at++;
  reading.out += ')';
}

/** body-type-1part without body-ext-1part: seven fields, then what text and messages have besides. */
function copySinglePart(reading: Reading, depth: number): void {
  const { text } = reading;
  const isText = /^"text" /i.test(text.slice(reading.at, reading.at + 7));
  copyItems(reading, 7);
  if (isText) {
    copyItems(reading, 1);
  } else if (text.charCodeAt(reading.at) === SPACE && text.charCodeAt(reading.at + 1) === OPEN && depth < maxDepth) {
    // Extension data starts with body-fld-md5, an nstring: a list here is the envelope of a message.
    copyItems(reading, 1);
    reading.at++;
    reading.out += ' ';
    copyBody(reading, depth + 1);
    copyItems(reading, 1);
  }
}

function copyItems(reading: Reading, count: number): void {
  const start = reading.at;
  for (let left = count; left > 0 && reading.text.charCodeAt(reading.at) !== CLOSE; left--) skipItem(reading);
  reading.out += reading.text.slice(start, reading.at);
}

function skipItem(reading: Reading): void {
  reading.at = endOfItem(reading.text, reading.at);
}

/** Behind a blank, if there is one, and an atom, string or list; where it is, at the end of a list. */
export function endOfItem(text: string, start: number): number {
  let at = text.charCodeAt(start) === SPACE ? start + 1 : start;
  let depth = 0;
  do {
    const code = text.charCodeAt(at);
    if (code === OPEN) {
      depth++;
      at++;
    } else if (code === CLOSE) {
      if (depth === 0) return at;
      depth--;
      at++;
    } else if (code === SPACE) {
      at++;
    } else {
      at = endOfString(text, at);
    }
  } while (depth > 0 && at < text.length);
  return at;
}

/** After the atom, quoted string or literal at `start`; always moves on. */
function endOfString(text: string, start: number): number {
  const code = text.charCodeAt(start);
  let at = start + 1;
  if (code === QUOTE) {
    for (; at < text.length; at++) {
      const next = text.charCodeAt(at);
      if (next === BACKSLASH) at++;
      else if (next === QUOTE) return at + 1;
    }
    return at;
  }
  if (code === BRACE) {
    const end = text.indexOf('}\r\n', start);
    const size = end < 0 ? 0 : Number(text.slice(at, end));
    return end < 0 || !Number.isSafeInteger(size) ? text.length : end + 3 + size;
  }
  while (at < text.length && !isDelimiter(text.charCodeAt(at))) at++;
  return at;
}

function isDelimiter(code: number): boolean {
  return code === SPACE || code === OPEN || code === CLOSE;
}
