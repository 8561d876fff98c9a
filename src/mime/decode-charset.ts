import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';

type Decode = (octets: Uint8Array) => string;

/** Decoders by label; a label that is unknown to both libraries has none. */
const known = new Map<string, Decode | undefined>();
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

const utf8 = new TextDecoder('utf-8', { ignoreBOM: false });
const windows1252 = new TextDecoder('windows-1252');

/**
 * Octets to Unicode by a MIME charset label: the WHATWG encodings first, then those of iconv-lite (code pages, UTF-7,
 * UTF-32). Unknown labels are read as UTF-8 where valid, else as windows-1252, and so is Latin-1 text that calls itself
 * UTF-8. The result is well-formed; what cannot be decoded is U+FFFD.
 */
export function decodeCharset(octets: Uint8Array, label: string): string {
  const name = label.trim().toLowerCase().slice(0, MAX_LABEL);
  if (UNTOLD.has(name)) return guess(octets);
  if (name === 'utf-8' || name === 'utf8') return decodeUtf8(octets);
  const decode = decoderOf(name);
  return decode === undefined ? guess(octets) : decode(octets).toWellFormed();
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
  if (isUtf8(octets) || /[\u0080-\ufffc\ufffe\uffff]/.test(text)) return text;
  return windows1252.decode(octets);
}

function toLatin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
}

function decoderOf(name: string): Decode | undefined {
  if (known.has(name)) return known.get(name);
  const decode = makeDecoder(name);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(name, decode);
  return decode;
}

function makeDecoder(name: string): Decode | undefined {
  for (const label of [name, name.replace(/^(?:x-|cs)/, ''), name.replace(/^(?:cp-?|win-?)(?=125\d$)/, 'windows-')]) {
    try {
      const decoder = new TextDecoder(label);
      return (octets) => decoder.decode(octets);
    } catch {
      // Not a WHATWG label: the next spelling, then iconv-lite.
    }
  }
  if (NOT_CHARSETS.has(name) || !iconv.encodingExists(name)) return undefined;
  return (octets) => iconv.decode(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength), name);
}
