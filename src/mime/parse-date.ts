/** A point in time with the offset it was written with. */
export interface MailDate {
  /** Milliseconds since 1970, UTC. */
  readonly ms: number;
  /** Minutes east of UTC; 0 for unknown zones. */
  readonly offsetMinutes: number;
}

/** Date of a header. RFC 5322 section 3.3 and 4.3; undefined when no date can be made of it. */
export function parseDate(_text: string): MailDate | undefined {
  throw new Error('not built yet');
}
