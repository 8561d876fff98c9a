import { decodeParams } from './decode-params.ts';
import { joinParams } from './join-params.ts';
import { parseContentType, parseValueWithParams } from './parse-content-type.ts';
import { emptyHeader, parseHeader } from './parse-header.ts';
import type { Header } from './parse-header.ts';
import { isMessageType } from './part.ts';
import type { Disposition, Part, RawParam } from './part.ts';
import { CfwsReader } from './cfws-reader.ts';

const NO_LANGUAGE: readonly string[] = [];
const NO_PARAMS: readonly RawParam[] = [];
/** Language tags kept of one part. */
const MAX_LANGUAGES = 100;

/** A part while the scanner works on it; a finished one is read as `Part`. */
export class PartNode implements Part {
  headerStart: number;
  bodyStart: number;
  bodyEnd: number;
  lines = 0;
  header: Header = emptyHeader;
  type = 'text';
  subtype = 'plain';
  rawParams: readonly RawParam[] = NO_PARAMS;
  encoding = '7bit';
  id: string | undefined = undefined;
  description: string | undefined = undefined;
  disposition: Disposition | undefined = undefined;
  language: readonly string[] = NO_LANGUAGE;
  location: string | undefined = undefined;
  md5: string | undefined = undefined;
  children: PartNode[] = [];
  message: PartNode | undefined = undefined;
  truncated = false;
  /** Of a multipart that has one. */
  boundary: string | undefined = undefined;
  /** Inside of a message/rfc822, whose line count includes this part. */
  readonly inMessage: boolean;
  #lineEndsBefore = 0;
  #params: ReadonlyMap<string, string> | undefined = undefined;

  constructor(start: number, parent: PartNode | undefined) {
    this.headerStart = start;
    this.bodyStart = start;
    this.bodyEnd = start;
    this.inMessage = parent !== undefined && (parent.inMessage || parent.isMessage());
    if (parent === undefined) return;
    if (parent.isMessage()) parent.message = this;
    else parent.children.push(this);
    if (parent.type === 'multipart' && parent.subtype === 'digest') [this.type, this.subtype] = ['message', 'rfc822'];
  }

  isMessage(): boolean {
    return isMessageType(this.type, this.subtype);
  }

  get countsLines(): boolean {
    return this.inMessage || this.type === 'text' || this.isMessage();
  }

  get params(): ReadonlyMap<string, string> {
    this.#params ??= decodeParams(this.rawParams);
    return this.#params;
  }

  get charset(): string {
    return this.params.get('charset')?.trim().toLowerCase() ?? '';
  }

  /** The header is complete; `lineEnds` were counted before the body. */
  readHeader(text: string, bodyStart: number, lineEnds: number): void {
    this.bodyStart = bodyStart;
    this.#lineEndsBefore = lineEnds;
    this.header = parseHeader(text);
    const seen = new Set<string>();
    for (const { name, raw } of this.header.fields)
      if (name.startsWith('content-') && !seen.has(name) && this.#readField(name, raw)) seen.add(name);
    if (this.type === 'multipart')
      this.boundary = joinParams(this.rawParams)
        .find((param) => param.name === 'boundary')
        ?.value.trimEnd();
    if (this.boundary === '') this.boundary = undefined;
  }

  /** Of repeated fields the first counts that says anything, but of Content-Disposition the last. False: the next may. */
  #readField(name: string, raw: string): boolean {
    switch (name) {
      case 'content-type':
        return this.#readType(raw);
      case 'content-transfer-encoding':
        return this.#readEncoding(raw);
      case 'content-disposition':
        this.disposition = readDisposition(raw) ?? this.disposition;
        return false;
      case 'content-id':
        this.id = readText(raw);
        return true;
      case 'content-description':
        this.description = readText(raw);
        return true;
      case 'content-language':
        this.language = readLanguage(raw);
        return true;
      case 'content-location':
        this.location = readText(raw);
        return true;
      case 'content-md5':
        this.md5 = readText(raw);
        return true;
      default:
        return true;
    }
  }

  #readType(raw: string): boolean {
    const parsed = parseContentType(raw);
    if (parsed === undefined) return false;
    this.type = parsed.type;
    this.subtype = parsed.subtype;
    this.rawParams = parsed.rawParams;
    return true;
  }

  #readEncoding(raw: string): boolean {
    const token = readEncoding(raw);
    this.encoding = token ?? '7bit';
    return token !== undefined;
  }

  /** The part is complete; `lineEnds` were counted up to there. */
  close(end: number, lineEnds: number): void {
    this.bodyEnd = end;
    this.lines = this.countsLines ? lineEnds - this.#lineEndsBefore : 0;
  }
}

/** `Content-Transfer-Encoding: token`, in lower case; what is not one token is no encoding. RFC 2045 section 6.1. */
function readEncoding(raw: string): string | undefined {
  const reader = new CfwsReader(raw);
  const token = reader.takeToken().toLowerCase();
  return token !== '' && reader.mayEndValue() ? token : undefined;
}

/** Unfolded; blanks at its end are part of it. */
function readText(raw: string): string {
  return raw.replace(/\r?\n/g, '').replace(/^[ \t\r]+/, '');
}

function readDisposition(raw: string): Disposition | undefined {
  const parsed = parseValueWithParams(raw);
  if (parsed === undefined) return undefined;
  const { rawParams } = parsed;
  return { kind: parsed.value, rawParams, params: decodeParams(rawParams) };
}

/** `Content-Language: tag *("," tag)`. RFC 3282. */
function readLanguage(raw: string): readonly string[] {
  const reader = new CfwsReader(raw);
  const tags: string[] = [];
  do {
    const tag = reader.takeToken();
    if (tag !== '') tags.push(tag);
  } while (tags.length < MAX_LANGUAGES && reader.skipTo(','));
  return tags;
}
