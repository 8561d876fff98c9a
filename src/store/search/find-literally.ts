import type { MappedPart } from '../../mime/part-map.ts';

const printable = /^[\x20-\x7e]+$/;
// oxlint-disable-next-line no-control-regex
const ascii = /^[\0-\x7f]*$/;

/**
 * Is the needle (ASCII, folded) in a plain text part just as the octets stand there? Then the message holds it, and
 * nothing needs to be decoded. False says nothing: the text may be encoded, HTML, or in another charset.
 */
export function findLiterally(needle: string, root: MappedPart, original: Uint8Array): boolean {
  if (!printable.test(needle)) return false;
  const waiting: MappedPart[] = [root];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    if (part.message !== undefined) waiting.push(part.message);
    else if (part.children.length > 0) waiting.push(...part.children);
    else if (isPlain(part) && holds(original.subarray(part.bodyStart, part.bodyEnd), needle)) return true;
  }
  return false;
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

/** Only where all is ASCII: behind other octets a letter may belong to a composed character. */
function holds(octets: Uint8Array, needle: string): boolean {
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  return text.toLowerCase().includes(needle) && ascii.test(text);
}
