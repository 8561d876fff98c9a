/**
 * 48 bits of a quick hash (multiply and rotate over UTF-16 code units), as an integer: a key for rows that are compared
 * in full, or where a clash does no more harm than a thread too many. Not for secrets.
 */
export function hash48(text: string): number {
  let low = 0x2f0b4a37;
  let high = 0x51c3e9d5;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    low = (low << 13) | (low >>> 19);
    high = Math.imul(high ^ unit, 0x85ebca77);
    high = (high << 17) | (high >>> 15);
  }
  low = Math.imul(low ^ (low >>> 16) ^ high, 0xc2b2ae3d);
  high = Math.imul(high ^ (high >>> 15) ^ low, 0x27d4eb2f);
  return (high >>> 16) * 0x1_0000_0000 + ((low ^ (low >>> 16)) >>> 0);
}
