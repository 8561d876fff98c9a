import { extractText, type ReadOctets } from '../extract-text.ts';
import type { AnyPart } from '../find-section.ts';

/** Everything that a search looks at, as two texts. */
export async function wholeText(
  read: ReadOctets,
  root: AnyPart,
  limits?: { readonly pieceOctets: number },
): Promise<{ readonly headers: string; readonly body: string }> {
  let headers = '';
  const pieces: string[] = [];
  const sink = {
    headers: (text: string): boolean => ((headers = text), true),
    body: (piece: string): boolean => pieces.push(piece) > 0,
  };
  await extractText(read, root, sink, limits);
  return { headers, body: pieces.join('') };
}
