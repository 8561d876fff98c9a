/** What a search compares with: folded header fields (`name: value` lines) and folded text. */
export interface FoldedText {
  readonly header: string;
  readonly body: string;
  /** There is more text than is looked at. */
  readonly truncated: boolean;
}
