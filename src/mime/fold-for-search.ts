/** The one case folding of substring search, for index and query alike. */
export function foldForSearch(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
