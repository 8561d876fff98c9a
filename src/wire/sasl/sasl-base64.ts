import { malformed, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;

/** base64 without line ends, padded, with zero bits at its end. RFC 4648 sections 3 and 4; RFC 4954 section 4. */
export function decodeSaslBase64(text: string): Result<Uint8Array> {
  if (text.length % 4 !== 0 || !ALPHABET.test(text)) return malformed('base64', 0);
  const octets = Buffer.from(text, 'base64');
  // Node ignores bits that do not fill an octet; two spellings of one value are not wanted.
  return octets.toString('base64') === text ? ok(octets) : malformed('base64', text.length);
}

/** The printer. */
export function encodeSaslBase64(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('base64');
}

/** An initial response on the command's own line: `=` stands for an empty one. RFC 4954 section 4, RFC 4959 section 3. */
export function decodeInitialResponse(text: string): Result<Uint8Array> {
  return text === '=' ? ok(new Uint8Array(0)) : text === '' ? malformed('base64 or "="', 0) : decodeSaslBase64(text);
}
