import { malformed, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { utcMs } from './parse-date.ts';
import type { MailDate } from './parse-date.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The second day of year 1: `Date.UTC` cannot say it. */
const MIN_MS = -62_135_510_400_000;
const MAX_MS = Date.UTC(9999, 11, 30);

/**
 * INTERNALDATE: `17-Jul-1996 02:44:25 -0700`, the day padded with a blank, without quotes; `offsetMinutes` east of UTC.
 * Years outside of four digits are clamped. RFC 9051 section 9, date-time.
 */
export function printImapDate(ms: number, offsetMinutes = 0): string {
  const clamped = Math.min(Math.max(Number.isFinite(ms) ? ms : 0, MIN_MS), MAX_MS);
  const local = new Date(clamped + offsetMinutes * 60_000);
  const zone = Math.abs(Math.trunc(offsetMinutes));
  const two = (value: number): string => String(value).padStart(2, '0');
  return (
    `${String(local.getUTCDate()).padStart(2, ' ')}-${MONTHS[local.getUTCMonth()] ?? ''}-${String(local.getUTCFullYear()).padStart(4, '0')}` +
    ` ${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}` +
    ` ${offsetMinutes < 0 ? '-' : '+'}${two(Math.trunc(zone / 60))}${two(zone % 60)}`
  );
}

const DATE_TIME = /^( \d|\d{2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})$/;

/**
 * `date-time = date-day-fixed "-" date-month "-" date-year SP time SP zone`, without its quotes. RFC 9051 section 9.
 * Days and times that do not exist are refused.
 */
export function parseImapDate(text: string): Result<MailDate> {
  const match = DATE_TIME.exec(text);
  if (match === null) return malformed('dd-Mon-yyyy hh:mm:ss +zzzz', 0);
  const [, day, month = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const monthIndex = MONTHS.findIndex((name) => name.toLowerCase() === month.toLowerCase());
  const ms = utcMs(Number(year), monthIndex, Number(day), Number(hour), Number(minute), Number(second));
  if (ms === undefined) return malformed('an existing day and time', 0);
  if (Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return malformed('a zone', 21);
  const offsetMinutes = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  return ok({ ms: ms - offsetMinutes * 60_000, offsetMinutes });
}
