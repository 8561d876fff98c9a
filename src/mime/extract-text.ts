import type { AnyPart } from './find-section.ts';

/** Reads octets `start` up to `end` (exclusive) of the message. */
export type ReadOctets = (start: number, end: number) => Uint8Array | Promise<Uint8Array>;

/** The decoded text of a message, for search. */
export interface ExtractedText {
  /** Decoded header values, also of parts and nested messages, one field a line: `name: value`. */
  readonly headers: string;
  /** Decoded text parts, HTML as text, separated by line ends. */
  readonly body: string;
  /** A limit was reached. */
  readonly truncated: boolean;
}

/** Reads and decodes what a search of TEXT and BODY looks at. Works on scanned and on mapped trees. */
export async function extractText(
  _read: ReadOctets,
  _part: AnyPart,
  _limits?: { readonly maxChars?: number },
): Promise<ExtractedText> {
  throw new Error('not built yet');
}
