import type { ImapReader } from './imap-reader.ts';
import type { PartialRange, ReturnOptions, SearchReturn } from './search-key.ts';

const returnOptions: readonly SearchReturn[] = [
  ...(['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE', 'PARTIAL', 'RELEVANCY', 'CONTEXT', 'UPDATE'] as const),
];

/** ["RETURN" SP "(" [option *(SP option)] ")" SP]. RFC 9051 sections 6.4.4 and 9, search-return-opts. */
export function takeReturn(r: ImapReader): ReturnOptions {
  if (!r.takeWord('RETURN')) return { returns: undefined };
  r.expectSpace();
  const at = r.at;
  let partial: PartialRange | undefined;
  const returns = r.expectList(() => {
    const option = expectReturn(r);
    if (option !== 'PARTIAL') return option;
    if (partial !== undefined) r.fail('one PARTIAL');
    r.expectSpace();
    partial = expectPartialRange(r);
    return option;
  }, true);
  // RFC 9394 section 3.1: either of them, not both.
  if (partial !== undefined && returns.includes('ALL')) r.fail('PARTIAL or ALL', at);
  r.expectSpace();
  return partial === undefined ? { returns } : { returns, partial };
}

function expectReturn(r: ImapReader): SearchReturn {
  const at = r.at;
  const name = r.expectKeyword();
  return returnOptions.find((option) => option === name) ?? r.fail('search return option', at);
}

/** partial-range = nz-number ":" nz-number / "-" nz-number ":-" nz-number. RFC 9394 section 4. */
export function expectPartialRange(r: ImapReader): PartialRange {
  const sign = r.takeChar('-') ? -1 : 1;
  const first = r.expectNonZero();
  r.expectChar(':');
  if (sign < 0) r.expectChar('-');
  return { first: sign * first, last: sign * r.expectNonZero() };
}
