import { malformed, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

/** A command taken into its verb and the rest. RFC 5321 section 2.4: verbs in any case. */
export interface CommandLine {
  /** Upper case. */
  readonly verb: string;
  /** What follows the first space, without blanks at its end. */
  readonly rest: string;
}

// oxlint-disable-next-line no-control-regex
const ASCII = /^[\0-\x7f]*$/;
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Octets of a line as text; undefined when they are not ASCII and not UTF-8 (RFC 6531 section 3.1) or have control characters. */
export function decodeLine(line: Uint8Array): string | undefined {
  const latin1 = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  if (CONTROL.test(latin1)) return undefined;
  if (ASCII.test(latin1)) return latin1;
  try {
    return utf8.decode(line);
  } catch {
    return undefined;
  }
}

/** Never fails: what is not a known verb is for the command table to refuse. Blanks at the end are tolerated. */
export function parseCommandLine(text: string): CommandLine {
  const line = text.endsWith(' ') ? text.trimEnd() : text;
  const space = line.indexOf(' ');
  if (space < 0) return { verb: line.toUpperCase(), rest: '' };
  return { verb: line.slice(0, space).toUpperCase(), rest: line.slice(space + 1) };
}

/** `"FROM:"` or `"TO:"` in any case; a blank behind the colon is wrong (RFC 5321 section 3.3) and tolerated. Offset of the path. */
export function expectKeyword(rest: string, keyword: 'FROM:' | 'TO:'): Result<number> {
  if (rest.slice(0, keyword.length).toUpperCase() !== keyword) return malformed(keyword, 0);
  let at = keyword.length;
  while (rest[at] === ' ') at++;
  return ok(at);
}
