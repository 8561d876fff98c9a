import { isAscii } from 'node:buffer';
import type { MappedPart } from '../../mime/part-map.ts';

/** No line ends: those of the octets are not those of the text. */
// oxlint-disable-next-line no-control-regex
const printable = /^[^\0-\x1f\x7f]+$/;

/**
 * Is the needle (folded) in a plain text part just as the octets stand there? Then the message's body holds it, and
 * nothing needs to be decoded. False: the message is one such part without it, so its body does not hold it. Undefined
 * says nothing: the text may be encoded, HTML, or in another charset.
 */
export function findLiterally(needle: string, root: MappedPart, original: Uint8Array): boolean | undefined {
  if (!printable.test(needle)) return undefined;
  const waiting: MappedPart[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.message !== undefined) waiting.push(part.message);
    else if (part.children.length > 0) waiting.push(...part.children);
    else if (isPlain(part)) {
      const found = holds(original.subarray(part.bodyStart, part.bodyEnd), needle);
      if (found === true || part === root) return found;
    }
  }
  return undefined;
}

/** Its octets are its characters: no transfer encoding, and a charset that has ASCII where ASCII has it. */
function isPlain(part: MappedPart): boolean {
  return (
    part.type === 'text' &&
    part.subtype === 'plain' &&
    ['', '7bit', '8bit'].includes(part.encoding) &&
    ['', 'us-ascii', 'utf-8', 'iso-8859-1'].includes(part.charset)
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
