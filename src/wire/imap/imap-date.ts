const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** date-text = date-day "-" date-month "-" date-year. RFC 9051 section 9. Start of that day in UTC, milliseconds; undefined when it is no date. */
export function parseDay(text: string): number | undefined {
  const found = /^(\d{1,2})-([a-z]{3})-(\d{4})$/i.exec(text);
  if (found === null) return undefined;
  const month = months.indexOf((found[2] ?? '').toLowerCase());
  const day = Number(found[1]);
  const date = new Date(0);
  date.setUTCFullYear(Number(found[3]), month, day);
  return month >= 0 && date.getUTCDate() === day && date.getUTCMonth() === month ? date.getTime() : undefined;
}

/** The day as `parseDay` reads it. Years 0 to 9999. */
export function printDay(ms: number): string {
  const date = new Date(ms);
  const name = months[date.getUTCMonth()] ?? '';
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${date.getUTCDate()}-${name.charAt(0).toUpperCase()}${name.slice(1)}-${year}`;
}
