import { fail, ok, type Malformed, type Result } from '../../base/result.ts';
import { ImapReader, type ReaderOptions } from './imap-reader.ts';
import { MalformedInput } from './malformed-input.ts';

/** Runs a production over a text, which it must read to the end. The one place where MalformedInput is caught. */
export function read<T>(
  text: string,
  production: (r: ImapReader) => T,
  options: ReaderOptions = { utf8: false },
): Result<T, Malformed> {
  const reader = new ImapReader(text, options);
  return attempt(() => {
    const value = production(reader);
    reader.expectEnd();
    return value;
  });
}

/** What `parse` returns, or the MalformedInput that it threw, as a Result. */
export function attempt<T>(parse: () => T): Result<T, Malformed> {
  try {
    return ok(parse());
  } catch (error) {
    if (error instanceof MalformedInput) return fail(error.malformed);
    throw error;
  }
}
