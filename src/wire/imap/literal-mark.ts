/**
 * What announces a literal at the end of a line: `{310}`, `{310+}` (RFC 7888), `~{310}` (literal8, RFC 3516).
 * The octets follow after the line's CRLF.
 */
export interface LiteralMark {
  readonly sizeBytes: number;
  /** The client waits for `+` before it sends. */
  readonly sync: boolean;
  /** literal8: may hold NUL. */
  readonly binary: boolean;
  /** Where the mark starts in the line. */
  readonly start: number;
}

const mark = /(~?)\{(\d+)(\+?)\}$/;
/** How far from the end of the line a mark may start; more digits than that are no number. */
const maxMark = 300;

/** The mark that a line ends in; undefined when it ends in none. A size beyond 2^53 comes back as `Infinity`. */
export function findLiteralMark(line: string): LiteralMark | undefined {
  if (!line.endsWith('}')) return undefined;
  const tail = line.slice(-maxMark);
  const found = mark.exec(tail);
  if (found === null) return undefined;
  const size = Number(found[2]);
  return {
    sizeBytes: Number.isSafeInteger(size) ? size : Infinity,
    sync: found[3] === '',
    binary: found[1] === '~',
    start: line.length - tail.length + found.index,
  };
}
