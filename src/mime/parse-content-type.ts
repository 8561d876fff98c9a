import { CfwsReader } from './cfws-reader.ts';
import type { RawParam } from './part.ts';

/** A Content-Type field taken apart; texts are Latin-1 octets. */
export interface ContentType {
  /** Lower case. */
  readonly type: string;
  /** Lower case. */
  readonly subtype: string;
  readonly rawParams: readonly RawParam[];
}

/** Parameters kept of one field. */
const MAX_PARAMS = 1000;

const NO_PARAMS: readonly RawParam[] = [];

/**
 * `content := "Content-Type" ":" type "/" subtype *(";" parameter)` (RFC 2045 section 5.1). undefined when there is no
 * type and subtype, or something else than parameters follows: then the default applies (RFC 2045 section 5.2).
 */
export function parseContentType(raw: string): ContentType | undefined {
  const reader = new CfwsReader(raw);
  const type = reader.takeToken();
  if (type === '') return undefined;
  reader.skip();
  if (!reader.take('/'))
    return type.toLowerCase() === 'text'
      ? { type: 'text', subtype: 'plain', rawParams: takeParams(reader) }
      : undefined;
  const subtype = reader.takeToken().toLowerCase();
  if (subtype === '' && type.toLowerCase() !== 'text') return undefined;
  if (!reader.mayEndValue()) return undefined;
  return { type: type.toLowerCase(), subtype: subtype === '' ? 'plain' : subtype, rawParams: takeParams(reader) };
}

/**
 * A field of the form `value *(";" parameter)`, such as Content-Disposition; undefined without either. The value may be
 * missing where there are parameters, as servers show it. RFC 2183.
 */
export function parseValueWithParams(raw: string): { value: string; rawParams: readonly RawParam[] } | undefined {
  const reader = new CfwsReader(raw);
  const value = reader.takeToken();
  const rawParams = takeParams(reader);
  return value === '' && rawParams.length === 0 ? undefined : { value: value.toLowerCase(), rawParams };
}

/** `*(";" attribute "=" value)`; what does not fit is skipped up to the next semicolon. */
function takeParams(reader: CfwsReader): readonly RawParam[] {
  let params: RawParam[] | undefined;
  while (reader.skipTo(';')) {
    const name = reader.takeToken();
    reader.skip();
    if (!reader.take('=')) continue;
    const value = reader.takeParamValue();
    params ??= [];
    params.push({ name: name.toLowerCase(), value });
    if (params.length >= MAX_PARAMS) break;
  }
  return params ?? NO_PARAMS;
}
