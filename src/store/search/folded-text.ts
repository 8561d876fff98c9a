/** Takes what a search compares with, folded. Both answer false when they have enough. */
export interface FoldedSink {
  /** Header fields, `name: value` lines, those of the server first. Comes first, and in one piece. */
  header(text: string): boolean;
  /** The rest of the message's text, in order, in pieces that follow each other without a break. */
  body(piece: string): boolean;
}
