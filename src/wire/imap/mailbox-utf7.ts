/**
 * Modified UTF-7, how IMAP4rev1 writes mailbox names: printable ASCII stands for itself, `&-` for `&`, all else is
 * UTF-16 in base64 between `&` and `-`, with `,` in place of `/`. RFC 3501 section 5.1.3.
 */

/** A name in modified UTF-7. Lone surrogates are kept as they are. */
export function printUtf7(name: string): string {
  let out = '';
  let shifted = '';
  const flush = (): void => {
    if (shifted === '') return;
    const octets = Buffer.from(shifted, 'utf16le').swap16();
    out += `&${octets.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
    shifted = '';
  };
  for (const unit of name) {
    const code = unit.charCodeAt(0);
    if (code < 0x20 || code > 0x7e) {
      shifted += unit;
    } else {
      flush();
      out += unit === '&' ? '&-' : unit;
    }
  }
  flush();
  return out;
}

/** The name that modified UTF-7 stands for; undefined unless it is exactly how `printUtf7` would write that name. */
export function parseUtf7(text: string): string | undefined {
  if (!/^[ -~]*$/.test(text)) return undefined;
  if (!text.includes('&')) return text;
  let name = '';
  let at = 0;
  while (at < text.length) {
    const shift = text.indexOf('&', at);
    if (shift < 0) {
      name += text.slice(at);
      break;
    }
    name += text.slice(at, shift);
    const end = text.indexOf('-', shift);
    if (end < 0) return undefined;
    if (end === shift + 1) {
      name += '&';
    } else {
      const octets = Buffer.from(text.slice(shift + 1, end).replaceAll(',', '/'), 'base64');
      if (octets.length === 0 || octets.length % 2 !== 0) return undefined;
      name += octets.swap16().toString('utf16le');
    }
    at = end + 1;
  }
  return name.isWellFormed() && printUtf7(name) === text ? name : undefined;
}
