/** Undoes a Content-Transfer-Encoding piece by piece. Memory is bounded by the piece; broken input never fails. */
export interface TransferDecoder {
  /** What the piece decodes to, as far as it can be known yet. The result may share memory with the piece. */
  write(chunk: Uint8Array): Uint8Array;
  /** What was held back. Nothing may be written afterwards. */
  end(): Uint8Array;
}
