import { decodeCharset } from './decode-charset.ts';
import { decodeHeaderText } from './decode-words.ts';
import { joinParams } from './join-params.ts';
import type { RawParam } from './part.ts';

const NO_PARAMS: ReadonlyMap<string, string> = new Map();

/**
 * Parameters as Unicode, by lower-case name: RFC 2231 charsets and continuations, and encoded words inside of values
 * (RFC 2047 forbids them, programs write them). The first of two equal names counts; an RFC 2231 form beats a plain one.
 */
export function decodeParams(raw: readonly RawParam[]): ReadonlyMap<string, string> {
  if (raw.length === 0) return NO_PARAMS;
  const plain = new Map<string, string>();
  const extended = new Map<string, string>();
  for (const { name, value } of joinParams(raw)) {
    const isExtended = name.length > 1 && name.endsWith('*');
    const [map, key] = isExtended ? [extended, name.slice(0, -1)] : [plain, name];
    if (key !== '' && !map.has(key)) map.set(key, isExtended ? decodeExtended(value) : decodeHeaderText(value));
  }
  if (extended.size === 0) return plain;
  return new Map([...plain, ...extended]);
}

/** `[charset] "'" [language] "'" *( "%" 2HEXDIGIT / attribute-char )`. RFC 2231 section 7. */
function decodeExtended(value: string): string {
  const match = /^([^']{0,80})'[^']*'/.exec(value);
  const charset = match?.[1] ?? '';
  const octets = value
    .slice(match?.[0].length ?? 0)
    .replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  // oxlint-disable-next-line no-control-regex
  return decodeCharset(Buffer.from(octets, 'latin1'), charset).replace(/[\0-\x1f\x7f]+/g, ' ');
}
