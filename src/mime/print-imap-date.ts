import type { Result } from '../base/result.ts';
import type { MailDate } from './parse-date.ts';

/** INTERNALDATE: `17-Jul-1996 02:44:25 -0700`, without quotes. RFC 9051 section 9, date-time. */
export function printImapDate(_ms: number, _offsetMinutes = 0): string {
  throw new Error('not built yet');
}

/** Parses date-time of RFC 9051 section 9, without quotes. */
export function parseImapDate(_text: string): Result<MailDate> {
  throw new Error('not built yet');
}
