import type { ImapReader } from './imap-reader.ts';

/** Which of the results, counted from 1; negative numbers count from the last. As written: `500:400` is `400:500`. RFC 9394 section 3.1. */
export interface PartialRange {
  readonly first: number;
  readonly last: number;
}

/** partial-range = nz-number ":" nz-number / "-" nz-number ":-" nz-number. RFC 9394 section 4. */
export function expectPartialRange(r: ImapReader): PartialRange {
  const sign = r.takeChar('-') ? -1 : 1;
  const first = r.expectNonZero();
  r.expectChar(':');
  if (sign < 0) r.expectChar('-');
  return { first: sign * first, last: sign * r.expectNonZero() };
}
