import { isAscii } from 'node:buffer';
import { decodeTextPart, isTextPart } from '../../mime/decode-text-part.ts';
import { headerEnd } from '../../mime/extract-text.ts';
import { foldForSearch } from '../../mime/fold-for-search.ts';
import type { MappedPart } from '../../mime/part-map.ts';
import { isInHeader } from './match-header.ts';

/** A part with more octets is decoded in pieces instead. */
const maxPartBytes = 256 * 1024;

/** No line ends: those of the octets are not those of the text. */
// oxlint-disable-next-line no-control-regex
const printable = /^[^\0-\x1f\x7f]+$/;

/**
 * Is the needle (folded) in the text below the message's own header: parts, their fields, messages inside? Plain text is
 * looked at as it stands, and only what is encoded decoded. Undefined: the needle, or a part, is of a kind that this cannot
 * tell of.
 */
export function isInBody(needle: string, root: MappedPart, octets: Uint8Array): boolean | undefined {
  if (!printable.test(needle)) return undefined;
  const waiting: MappedPart[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part !== root && isInHeader(headerText(part, octets), needle, noneKnown)) return true;
    const inside = part.message === undefined ? part.children : [part.message];
    if (inside.length > 0) {
      waiting.push(...inside.toReversed());
      continue;
    }
    if (!isTextPart(part)) continue;
    if (part.bodyEnd - part.bodyStart > maxPartBytes) return undefined;
    const body = octets.subarray(part.bodyStart, part.bodyEnd);
    const found = isPlain(part) ? holds(body, needle) : undefined;
    if (found ?? foldForSearch(decodeTextPart(body, part)).includes(needle)) return true;
  }
  return false;
}

/** The octets of a part's header, one character each. */
export function headerText(part: MappedPart, octets: Uint8Array): string {
  const header = octets.subarray(part.headerStart, Math.max(part.headerStart, headerEnd(part)));
  return Buffer.from(header.buffer, header.byteOffset, header.byteLength).toString('latin1');
}

const noneKnown = (): boolean => false;

/** Its octets are its characters: no transfer encoding, and a charset that has ASCII where ASCII has it. */
function isPlain(part: MappedPart): boolean {
  return (
    part.type === 'text' &&
    part.subtype === 'plain' &&
    ['', '7bit', '8bit'].includes(part.encoding) &&
    ['', 'us-ascii', 'utf-8', 'iso-8859-1', 'iso-8859-15', 'windows-1252'].includes(part.charset)
  );
}

/**
 * Undefined where not all is ASCII: beside other octets a letter may belong to a composed character. And where NULs are,
 * which text is searched without.
 */
function holds(octets: Uint8Array, needle: string): boolean | undefined {
  if (!isAscii(octets)) return undefined;
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  return text.toLowerCase().includes(needle) || (octets.includes(0) ? undefined : false);
}
