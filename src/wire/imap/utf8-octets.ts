const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Octets (one character each) of UTF-8 as text; undefined when they are not well-formed UTF-8. */
export function decodeUtf8(octets: string): string | undefined {
  if (isAscii(octets)) return octets;
  try {
    return strictDecoder.decode(Buffer.from(octets, 'latin1'));
  } catch {
    return undefined;
  }
}

/** Text as UTF-8, one character an octet. */
export function encodeUtf8(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** True when all characters are below 128. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 127) return false;
  return true;
}
