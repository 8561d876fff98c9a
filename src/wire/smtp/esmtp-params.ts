import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

/** Why parameters of MAIL or RCPT are not acceptable; `keyword` as upper case. */
export interface ParamFault {
  readonly kind: 'malformed' | 'duplicate' | 'unknown' | 'bad-value';
  readonly keyword: string;
}

/** Reads the value of one parameter into what was read so far; false when the value is not in its grammar. */
export type ParamReader<T> = (value: string | undefined, into: T) => boolean;

const PARAM = /^([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~\u0080-\uffff]+))?$/;
/** More than any client has use for; keeps the check for duplicates trivial. */
const MAX_PARAMS = 32;

/**
 * `Mail-parameters = esmtp-param *(SP esmtp-param)`, each known to the table and given once. RFC 5321 section 4.1.2;
 * unknown ones are an error of their own (section 4.1.1.11). `text` begins behind the path.
 */
export function readEsmtpParams<T>(
  text: string,
  readers: ReadonlyMap<string, ParamReader<T>>,
  into: T,
): Result<T, ParamFault> {
  if (text === '') return ok(into);
  if (!text.startsWith(' ')) return fail({ kind: 'malformed', keyword: '' });
  const seen = new Set<string>();
  for (const word of text.split(' ', MAX_PARAMS + 2)) {
    if (word === '') continue;
    const [, name, value] = PARAM.exec(word) ?? [];
    if (name === undefined || seen.size === MAX_PARAMS) return fail({ kind: 'malformed', keyword: '' });
    const keyword = name.toUpperCase();
    if (seen.has(keyword)) return fail({ kind: 'duplicate', keyword });
    seen.add(keyword);
    const reader = readers.get(keyword);
    if (reader === undefined) return fail({ kind: 'unknown', keyword });
    if (!reader(value, into)) return fail({ kind: 'bad-value', keyword });
  }
  return ok(into);
}
