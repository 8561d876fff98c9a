let lastSecond = -1;
let lastDate = '';

/** A time (milliseconds since 1970) as RFC 5322 section 3.3 writes it, in UTC. */
export function printMailDate(ms: number): string {
  const second = Math.floor(ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastDate = new Date(second * 1000).toUTCString().replace('GMT', '+0000');
  }
  return lastDate;
}
