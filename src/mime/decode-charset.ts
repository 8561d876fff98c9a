import { isAscii, isUtf8 } from 'node:buffer';
import { createRequire } from 'node:module';
import type Iconv from 'iconv-lite';

/**
 * Octets to text, in pieces: characters that a cut goes through come with the next piece. The same text as of the whole.
 */
export interface CharsetDecoder {
  write(octets: Uint8Array): string;
  end(): string;
}

interface Charset {
  decode(octets: Uint8Array): string;
  open(): CharsetDecoder;
}

/** Charsets by label; a label that is unknown to both libraries has none. */
const known = new Map<string, Charset | undefined>();
/** Labels come from outsiders, so the table must not grow with them. */
const MAX_KNOWN = 200;
const MAX_LABEL = 60;

/** Labels under which anything may hide: read as UTF-8 when it is, else as windows-1252. RFC 2045 section 5.2; RFC 1428. */
const UNTOLD = new Set([
  '',
  'us-ascii',
  'ascii',
  'ansi_x3.4-1968',
  'unknown-8bit',
  'x-unknown',
  'unknown',
  'default',
  'binary',
  '8bit',
  '7bit',
]);

/** What iconv-lite knows beside charsets. */
const NOT_CHARSETS = new Set(['base64', 'hex', 'binary']);

const load = createRequire(import.meta.url);
/** Loaded with the first label that TextDecoder does not know: that is rare, and its tables are large. */
const loadIconv = (): typeof Iconv => load('iconv-lite') as typeof Iconv;

const utf8 = new TextDecoder('utf-8', { ignoreBOM: false });
const windows1252 = new TextDecoder('windows-1252');

/**
 * Octets to Unicode by a MIME charset label: the WHATWG encodings first, then those of iconv-lite (code pages, UTF-7,
 * UTF-32). Unknown labels are read as UTF-8 where valid, else as windows-1252, and so is Latin-1 text that calls itself
 * UTF-8. The result is well-formed; what cannot be decoded is U+FFFD.
 */
export function decodeCharset(octets: Uint8Array, label: string): string {
  const name = nameOf(label);
  if (isUtf8Name(name)) return decodeUtf8(octets);
  const charset = UNTOLD.has(name) ? undefined : charsetOf(name);
  return charset === undefined ? guess(octets) : charset.decode(octets).toWellFormed();
}

/** How text with this label is decoded in pieces; undefined when that depends on all of its octets (`settleCharset`). */
export function openCharset(label: string): CharsetDecoder | undefined {
  const name = nameOf(label);
  if (isUtf8Name(name) || UNTOLD.has(name)) return undefined;
  const charset = charsetOf(name);
  return charset && new WellFormedDecoder(charset.open());
}

/**
 * The decoder for text whose octets decide between UTF-8 and windows-1252, as `decodeCharset` decides: looks at `pieces`,
 * the text from its beginning, as far as it must. `isBegun`: some text (ASCII) is decoded already, so that no mark of the
 * octet order follows.
 */
export async function settleCharset(
  label: string,
  pieces: AsyncIterable<Uint8Array>,
  isBegun: boolean,
): Promise<CharsetDecoder> {
  const isUtf8Text = await looksLikeUtf8(isUtf8Name(nameOf(label)), pieces);
  return new StreamDecoder(isUtf8Text ? 'utf-8' : 'windows-1252', isBegun);
}

async function looksLikeUtf8(isTold: boolean, pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const lenient = new StreamDecoder('utf-8', false);
  let isValid = true;
  const isInvalid = (octets: Uint8Array, stream: boolean): boolean => {
    try {
      strict.decode(octets, { stream });
      return false;
    } catch {
      return true;
    }
  };
  for await (const octets of pieces) {
    if (isValid && isInvalid(octets, true)) isValid = false;
    // What comes behind cannot change the answer.
    if (isTold ? hasCharacters(lenient.write(octets)) : !isValid) return isTold;
  }
  return isValid && !isInvalid(new Uint8Array(), false);
}

function nameOf(label: string): string {
  return label.trim().toLowerCase().slice(0, MAX_LABEL);
}

function isUtf8Name(name: string): boolean {
  return name === 'utf-8' || name === 'utf8';
}

/** True when `decodeCharset` has a decoder of its own for this label, and does not guess. */
export function isKnownCharset(label: string): boolean {
  const name = nameOf(label);
  return name === 'us-ascii' || isUtf8Name(name) || (!UNTOLD.has(name) && charsetOf(name) !== undefined);
}

/** Octets of unknown charset: UTF-8 when they are that, else windows-1252. */
function guess(octets: Uint8Array): string {
  if (isAscii(octets)) return toLatin1(octets);
  return isUtf8(octets) ? utf8.decode(octets) : windows1252.decode(octets);
}

/** A broken character or two (a cut text) become U+FFFD; text in which no character is UTF-8 is something else. */
function decodeUtf8(octets: Uint8Array): string {
  if (isAscii(octets)) return toLatin1(octets);
  const text = utf8.decode(octets);
  if (isUtf8(octets) || hasCharacters(text)) return text;
  return windows1252.decode(octets);
}

/** Beyond ASCII, and not made of what cannot be decoded. */
function hasCharacters(text: string): boolean {
  return /[\u0080-\ufffc\ufffe\uffff]/.test(text);
}

function toLatin1(octets: Uint8Array): string {
  return asBuffer(octets).toString('latin1');
}

function asBuffer(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
}

function charsetOf(name: string): Charset | undefined {
  if (known.has(name)) return known.get(name);
  const charset = findCharset(name);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, charset);
  return charset;
}

function findCharset(name: string): Charset | undefined {
  for (const label of [name, name.replace(/^(?:x-|cs)/, ''), name.replace(/^(?:cp-?|win-?)(?=125\d$)/, 'windows-')]) {
    try {
      const decoder = new TextDecoder(label);
      return { decode: (octets) => decoder.decode(octets), open: () => openWhatwg(label) };
    } catch {
      // Not a WHATWG label: the next spelling, then iconv-lite.
    }
  }
  if (NOT_CHARSETS.has(name) || !loadIconv().encodingExists(name)) return undefined;
  return { decode: (octets) => loadIconv().decode(asBuffer(octets), name), open: () => openIconv(name) };
}

/** A WHATWG encoding. The mark of the octet order is removed here: Node's stream also takes it out of the middle of a text. */
class StreamDecoder implements CharsetDecoder {
  readonly #decoder: TextDecoder;
  #mayHaveMark: boolean;

  constructor(label: string, isBegun: boolean) {
    this.#decoder = new TextDecoder(label, { ignoreBOM: true });
    this.#mayHaveMark = !isBegun && this.#decoder.encoding.startsWith('utf-');
  }

  write(octets: Uint8Array): string {
    return this.#withoutMark(this.#decoder.decode(octets, { stream: true }));
  }

  end(): string {
    return this.#withoutMark(this.#decoder.decode());
  }

  #withoutMark(text: string): string {
    if (!this.#mayHaveMark || text === '') return text;
    this.#mayHaveMark = false;
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }
}

/** Node's streams of these throw at broken characters that a cut goes through. */
const CODE_PAGES = new Set(['gb18030', 'gbk', 'big5', 'euc-jp', 'shift_jis', 'euc-kr']);

function openWhatwg(label: string): CharsetDecoder {
  const decoder = new TextDecoder(label);
  if (CODE_PAGES.has(decoder.encoding))
    return new WordAlignedDecoder({ write: (octets) => decoder.decode(octets), end: () => '' });
  return new StreamDecoder(label, false);
}

function openIconv(name: string): CharsetDecoder {
  const decoder = loadIconv().getDecoder(name);
  // Of some charsets the end is not a text when nothing is left.
  return new WordAlignedDecoder({ write: (octets) => decoder.write(asBuffer(octets)), end: () => decoder.end() || '' });
}

/** Octets without a blank that are held back. */
const MAX_WORD = 64 * 1024;

/**
 * Cuts behind blanks and line feeds, which are never part of a character, so that no cut goes through one. (In words of
 * 64 KiB it does, and one character is lost.)
 */
class WordAlignedDecoder implements CharsetDecoder {
  readonly #decoder: CharsetDecoder;
  #held: Uint8Array = new Uint8Array();

  constructor(decoder: CharsetDecoder) {
    this.#decoder = decoder;
  }

  write(octets: Uint8Array): string {
    const all = this.#held.length === 0 ? octets : Buffer.concat([this.#held, octets]);
    const blank = Math.max(all.lastIndexOf(0x0a), all.lastIndexOf(0x20)) + 1;
    const end = all.length - blank > MAX_WORD ? all.length : blank;
    this.#held = all.slice(end);
    return end === 0 ? '' : this.#decoder.write(all.subarray(0, end));
  }

  end(): string {
    const rest = this.#held.length === 0 ? '' : this.#decoder.write(this.#held);
    return rest + this.#decoder.end();
  }
}

const FIRST_HALF = /[\ud800-\udbff]$/;

/** Keeps the halves of a character together, and replaces those that stand alone. */
class WellFormedDecoder implements CharsetDecoder {
  readonly #decoder: CharsetDecoder;
  #half = '';

  constructor(decoder: CharsetDecoder) {
    this.#decoder = decoder;
  }

  write(octets: Uint8Array): string {
    const text = this.#half + this.#decoder.write(octets);
    this.#half = FIRST_HALF.exec(text)?.[0] ?? '';
    return text.slice(0, text.length - this.#half.length).toWellFormed();
  }

  end(): string {
    return (this.#half + this.#decoder.end()).toWellFormed();
  }
}
