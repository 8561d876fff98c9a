/** Undoes a Content-Transfer-Encoding piece by piece. */
export interface TransferDecoder {
  write(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/** A decoder for the encoding (any case); undefined when the encoding is unknown (IMAP answers UNKNOWN-CTE). */
export function transferDecoder(_encoding: string): TransferDecoder | undefined {
  throw new Error('not built yet');
}

/** Decodes all at once; undefined when the encoding is unknown. */
export function decodeTransfer(_octets: Uint8Array, _encoding: string): Uint8Array | undefined {
  throw new Error('not built yet');
}
