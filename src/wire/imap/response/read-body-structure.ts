import { decodeHeaderText } from '../../../mime/decode-words.ts';
import { listOf, numberOf, octetsOf, type ImapValue } from './value.ts';

/** One part of BODYSTRUCTURE. RFC 9051 section 7.5.2. */
export interface BodyPart {
  /** What BODY[…] calls it: `1.2`; '' for the message itself when it is a multipart. */
  readonly part: string;
  /** Lower case. */
  readonly type: string;
  readonly subtype: string;
  /** Names in lower case, values as written. */
  readonly params: ReadonlyMap<string, string>;
  readonly contentId: string;
  readonly description: string;
  /** Lower case. */
  readonly encoding: string;
  /** Octets as encoded; 0 for a multipart. */
  readonly sizeBytes: number;
  /** Lower case, such as `attachment`; '' when there is none. */
  readonly disposition: string;
  readonly dispositionParams: ReadonlyMap<string, string>;
  readonly language: readonly string[];
  readonly children: readonly BodyPart[];
}

const maxDepth = 200;

/** Undefined when the value is no body structure. */
export function readBodyStructure(value: ImapValue | undefined): BodyPart | undefined {
  return readPart(value, '', 0);
}

function readPart(value: ImapValue | undefined, part: string, depth: number): BodyPart | undefined {
  const items = listOf(value);
  if (items === undefined || items.length === 0 || depth > maxDepth) return undefined;
  return listOf(items[0]) ? readMultipart(items, part, depth) : readSingle(items, part === '' ? '1' : part, depth);
}

function readMultipart(items: readonly ImapValue[], part: string, depth: number): BodyPart {
  const firstText = items.findIndex((item) => !listOf(item));
  const count = firstText < 0 ? items.length : firstText;
  const prefix = part === '' ? '' : `${part}.`;
  const children = items.slice(0, count).flatMap((child, index) => {
    const read = readPart(child, `${prefix}${index + 1}`, depth + 1);
    return read ? [read] : [];
  });
  const [subtype, params, disposition, language] = items.slice(count);
  return {
    ...{ part, type: 'multipart', subtype: lower(subtype), params: readParams(params), children },
    ...{ contentId: '', description: '', encoding: '7bit', sizeBytes: 0 },
    ...readExtension(disposition, language),
  };
}

function readSingle(items: readonly ImapValue[], part: string, depth: number): BodyPart {
  const [rawType, rawSubtype, params, contentId, description, encoding, size] = items;
  const type = lower(rawType);
  const subtype = lower(rawSubtype);
  const isMessage = type === 'message' && listOf(items[7]) !== undefined;
  // After the basic fields: lines of a text; envelope, body and lines of a message. Then MD5 and the extension.
  const more = isMessage ? 10 : type === 'text' ? 8 : 7;
  const inner = isMessage ? readInner(items[8], part, depth) : undefined;
  return {
    ...{ part, type, subtype, params: readParams(params), contentId: octetsOf(contentId) ?? '' },
    description: decodeHeaderText(octetsOf(description) ?? ''),
    ...{ encoding: lower(encoding), sizeBytes: numberOf(size) ?? 0, children: inner ? [inner] : [] },
    ...readExtension(items[more + 1], items[more + 2]),
  };
}

/** The body of a message inside: its parts go on below its own number, a single one as `.1`. RFC 9051 section 6.4.5.1. */
function readInner(value: ImapValue | undefined, part: string, depth: number): BodyPart | undefined {
  const isMultipart = listOf(listOf(value)?.[0]) !== undefined;
  return readPart(value, isMultipart ? part : `${part}.1`, depth + 1);
}

function readExtension(
  disposition: ImapValue | undefined,
  language: ImapValue | undefined,
): Pick<BodyPart, 'disposition' | 'dispositionParams' | 'language'> {
  const [kind, params] = listOf(disposition) ?? [];
  const languages = listOf(language) ?? (language === undefined || language === null ? [] : [language]);
  return {
    disposition: lower(kind),
    dispositionParams: readParams(params),
    language: languages.flatMap((item) => octetsOf(item) ?? []),
  };
}

function readParams(value: ImapValue | undefined): ReadonlyMap<string, string> {
  const items = listOf(value) ?? [];
  const params = new Map<string, string>();
  for (let at = 0; at + 1 < items.length; at += 2) params.set(lower(items[at]), octetsOf(items[at + 1]) ?? '');
  return params;
}

function lower(value: ImapValue | undefined): string {
  return (octetsOf(value) ?? '').toLowerCase();
}
