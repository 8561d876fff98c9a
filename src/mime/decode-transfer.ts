import { Base64Decoder } from './decode-base64.ts';
import { QuotedPrintableDecoder } from './decode-quoted-printable.ts';
import { UuDecoder } from './decode-uuencode.ts';
import type { TransferDecoder } from './transfer-decoder.ts';

const NOTHING = new Uint8Array(0);

const identity: TransferDecoder = { write: (chunk) => chunk, end: () => NOTHING };

/**
 * A decoder for the encoding (any case); undefined when the encoding is unknown, to which IMAP BINARY answers UNKNOWN-CTE
 * (RFC 3516 section 4.3). RFC 2045 section 6.
 */
export function transferDecoder(encoding: string): TransferDecoder | undefined {
  switch (encoding.toLowerCase()) {
    case '7bit':
    case '8bit':
    case 'binary':
    case '':
      return identity;
    case 'base64':
      return new Base64Decoder();
    case 'quoted-printable':
      return new QuotedPrintableDecoder();
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return new UuDecoder();
    default:
      return undefined;
  }
}

/** Decodes all at once; undefined when the encoding is unknown. */
export function decodeTransfer(octets: Uint8Array, encoding: string): Uint8Array | undefined {
  const decoder = transferDecoder(encoding);
  if (decoder === undefined) return undefined;
  const head = decoder.write(octets);
  const tail = decoder.end();
  return tail.length === 0 ? head : Buffer.concat([head, tail]);
}
