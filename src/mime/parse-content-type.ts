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
 * type and subtype, in which case the default applies.
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
  return { type: type.toLowerCase(), subtype: subtype === '' ? 'plain' : subtype, rawParams: takeParams(reader) };
}

/** A field of the form `value *(";" parameter)`, such as Content-Disposition; undefined without a value. RFC 2183. */
export function parseValueWithParams(raw: string): { value: string; rawParams: readonly RawParam[] } | undefined {
  const reader = new CfwsReader(raw);
  const value = reader.takeToken();
  return value === '' ? undefined : { value: value.toLowerCase(), rawParams: takeParams(reader) };
}

/** `*(";" attribute "=" value)`; what does not fit is skipped up to the next semicolon. */
function takeParams(reader: CfwsReader): readonly RawParam[] {
  let params: RawParam[] | undefined;
  while (reader.skipTo(';')) {
    const name = reader.takeToken();
    if (name === '') continue;
    reader.skip();
    if (!reader.take('=')) continue;
    const value = reader.takeParamValue();
    if (value === undefined) continue;
    params ??= [];
    params.push({ name: name.toLowerCase(), value });
    if (params.length >= MAX_PARAMS) break;
  }
  return params ?? NO_PARAMS;
}
