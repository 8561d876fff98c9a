/** A point in time with the offset it was written with. */
export interface MailDate {
  /** Milliseconds since 1970, UTC. */
  readonly ms: number;
  /** Minutes east of UTC; 0 for unknown zones. */
  readonly offsetMinutes: number;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Hours east of UTC. RFC 5322 section 4.3; single letters other than Z mean nothing there. The rest are seen in mail. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  akst: -9,
  akdt: -8,
  hst: -10,
  ast: -4,
  adt: -3,
  bst: 1,
  cet: 1,
  met: 1,
  mez: 1,
  cest: 2,
  mest: 2,
  mesz: 2,
  west: 1,
  eet: 2,
  eest: 3,
  msk: 3,
  jst: 9,
  kst: 9,
};

/** Longest text looked at. */
const MAX_LENGTH = 200;

/** A month name at the start of a word, any language variant that begins like English. */
function monthOf(word: string): number {
  return word.length < 3 ? -1 : MONTHS.indexOf(word.slice(0, 3).toLowerCase());
}

/** Milliseconds since 1970 of a calendar date and time, or undefined when there is no such day or time (years before 1900 are none, RFC 5322 section 3.3). */
export function utcMs(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (month < 0 || month > 11 || day < 1 || hour > 23 || minute > 59 || second > 60 || year < 1900 || year > 9999)
    return undefined;
  const date = new Date(Date.UTC(year, month, day));
  if (date.getUTCMonth() !== month || date.getUTCDate() !== day) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}

const COMMON =
  /^\s*(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})\s+(\d{4})\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s+([+-]\d{4}|[A-Za-z]{1,5})\s*(?:\([^()\\]*\)\s*)?$/;

/**
 * `date-time = [day-of-week ","] date time`, with the obsolete forms: two and three digit years, named and military zones,
 * comments anywhere, no seconds; also the asctime form and dashes between the parts of the date. RFC 5322 sections 3.3 and 4.3.
 * undefined when there is no date in it.
 */
export function parseDate(text: string): MailDate | undefined {
  const head = text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text;
  const common = COMMON.exec(head);
  if (common === null) return parseOdd(head);
  const [, day, month = '', year, hour, minute, second = 0, zone = ''] = common;
  return finish(Number(year), monthOf(month), Number(day), [Number(hour), Number(minute), Number(second)], zone);
}

type Time = readonly [hour: number, minute: number, second: number];

function finish(year: number, month: number, day: number, time: Time, zone: string): MailDate | undefined {
  const ms = utcMs(year, month, day, ...time);
  if (ms === undefined) return undefined;
  const offsetMinutes = zoneMinutes(zone);
  return { ms: ms - offsetMinutes * 60_000, offsetMinutes };
}

/** Minutes east of UTC; unknown names count as UTC, as RFC 5322 section 4.3 asks. */
function zoneMinutes(zone: string): number {
  const match = /^([+-])(\d{1,2}):?(\d{2})$/.exec(zone);
  if (match === null) return (ZONES[zone.toLowerCase()] ?? 0) * 60;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  if (minutes >= 24 * 60) return 0;
  return match[1] === '-' ? -minutes : minutes;
}

const TOKEN = /\d+(?::\d+)*|[A-Za-z]+|[+-]\d{1,2}:?\d{2}(?!\d)|[^\s\dA-Za-z]/g;

/** Everything that is not the common form: tokens are told apart by their looks. */
function parseOdd(text: string): MailDate | undefined {
  let day: number | undefined;
  let month: number | undefined;
  let year: number | undefined;
  let time: Time | undefined;
  let zone = '';
  let afternoon: string | undefined;
  for (const [token] of withoutComments(text)
    .replace(/\s*:\s*/g, ':')
    .matchAll(TOKEN)) {
    if (token.includes(':') && /^\d/.test(token)) time ??= readTime(token);
    else if (/^[+-]\d/.test(token)) {
      // A dash before a year, as in 17-Jul-1996, is no zone.
      if (time === undefined && month !== undefined && year === undefined) year = readYear(token.slice(1));
      else if (time !== undefined && !/^[+-]/.test(zone)) zone = token;
    } else if (/^\d/.test(token)) {
      if (day === undefined && token.length <= 2) day = Number(token);
      else if (month !== undefined || token.length === 4) year ??= readYear(token);
    } else if (/^[ap]m$/i.test(token)) afternoon = token.toLowerCase();
    else if (/^[A-Za-z]/.test(token)) {
      if (month === undefined && monthOf(token) >= 0) month = monthOf(token);
      else if (time !== undefined && zone === '' && !DAYS.includes(token.toLowerCase())) zone = token;
    }
  }
  if (day === undefined || month === undefined || year === undefined) return undefined;
  return finish(year, month, day, to24Hours(time ?? [0, 0, 0], afternoon), zone);
}

function readTime(token: string): Time {
  const [hour = 0, minute = 0, second = 0] = token.split(':').map(Number);
  return [hour, minute, second];
}

function to24Hours([hour, minute, second]: Time, half: string | undefined): Time {
  if (half === undefined || hour > 12) return [hour, minute, second];
  return [(hour % 12) + (half === 'pm' ? 12 : 0), minute, second];
}

/** `obs-year`: two digits are 2000–2049 or 1950–1999, three digits count from 1900. RFC 5322 section 4.3. */
function readYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let out = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '\\') at++;
    else if (char === '(') depth++;
    else if (char === ')') depth = Math.max(0, depth - 1);
    else if (depth === 0) out += char;
    if (depth > 0 || char === ')') out += ' ';
  }
  return out;
}
