/** RFC 5322 section 2.1.1: lines should be no longer. */
const SOFT_LIMIT = 78;
/** RFC 5322 section 2.1.1: lines must be no longer. */
const HARD_LIMIT = 998;
/** RFC 2047 section 2: an encoded word must be no longer. */
const WORD_LIMIT = 75;

// oxlint-disable-next-line no-control-regex
const CONTROLS = /[\0-\x1f\x7f]+/g;
const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * A header field ready to be put in front of a message, with its CRLF. Control characters (so line ends too) become
 * blanks: no value can add a field. Non-ASCII becomes encoded words (RFC 2047). Folded at blanks to 78 octets where there
 * are any, and always to 998. `name` must be a field name, which is the caller's own text.
 */
export function printHeaderField(name: string, value: string): string {
  const text = value.toWellFormed().replace(CONTROLS, ' ').trim();
  return `${foldLine(`${name}: ${PRINTABLE.test(text) ? text : encodeWords(text, name.length + 2)}`)}\r\n`;
}

/** Folds one line at its blanks; a word that no line can hold is broken. RFC 5322 section 2.2.3. */
function foldLine(line: string): string {
  if (line.length <= SOFT_LIMIT) return line;
  const lines: string[] = [];
  let current = '';
  for (const [word] of line.matchAll(/\s*\S+/g)) {
    // The first two words stay together: a line of nothing but the name would be obsolete syntax.
    const canFold = current.includes(' ') && /^\s/.test(word);
    if (canFold && current.length + word.length > SOFT_LIMIT) {
      lines.push(current);
      current = '';
    }
    let at = 0;
    for (let room = HARD_LIMIT - current.length; word.length - at > room; room = HARD_LIMIT - 1) {
      lines.push(current + word.slice(at, at + room));
      at += room;
      current = ' ';
    }
    current += word.slice(at);
  }
  return [...lines, current].join('\r\n');
}

/**
 * Unicode as encoded words in UTF-8, whole characters in each, separated by blanks: Q where most is ASCII, else B.
 * `firstOffset`: octets on the line before the first word. RFC 2047 sections 2 and 4.
 */
export function encodeWords(text: string, firstOffset = 0): string {
  const octets = Buffer.byteLength(text);
  const escaped = text.length - (text.match(/[^A-Za-z0-9 ]/g)?.length ?? 0);
  const isQ = escaped * 3 >= octets;
  const encode = isQ ? encodeQ : (piece: string): string => Buffer.from(piece).toString('base64');
  const costOf = (char: string): number => (isQ ? encodeQ(char).length : (Buffer.byteLength(char) * 4) / 3);
  const overhead = '=?utf-8?Q??='.length + 2;
  const words: string[] = [];
  let piece = '';
  let room = WORD_LIMIT - overhead - Math.min(firstOffset, 40);
  for (const char of text) {
    const cost = costOf(char);
    if (cost > room && piece !== '') {
      words.push(piece);
      piece = '';
      room = WORD_LIMIT - overhead;
    }
    piece += char;
    room -= cost;
  }
  if (piece !== '') words.push(piece);
  return words.map((word) => `=?utf-8?${isQ ? 'Q' : 'B'}?${encode(word)}?=`).join(' ');
}

/** The Q encoding with the characters that are safe in a phrase. RFC 2047 section 5 (3). */
function encodeQ(text: string): string {
  let out = '';
  for (const octet of Buffer.from(text)) {
    const char = String.fromCharCode(octet);
    if (/[A-Za-z0-9!*+/-]/.test(char)) out += char;
    else out += char === ' ' ? '_' : `=${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/**
 * `name-addr` for a header field: the display name as atoms, quoted, or as encoded words; the address as it is given
 * (`local@domain`, its local part quoted where it must be). RFC 5322 section 3.4.
 */
export function printMailbox(name: string, address: string): string {
  const text = name.toWellFormed().replace(CONTROLS, ' ').trim();
  if (text === '') return address;
  if (!PRINTABLE.test(text)) return `${encodeWords(text)} <${address}>`;
  const isAtoms = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/.test(text) && !text.includes('=?') && !text.includes('  ');
  return `${isAtoms ? text : `"${text.replace(/["\\]/g, '\\$&')}"`} <${address}>`;
}
