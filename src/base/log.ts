export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts that go with a log line. Never a secret: no password, no token, no message content. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined | readonly string[]>>;

/** Where a folder writes what happened; implemented in `observe/`. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` is logged with its stack and causes. */
  error(message: string, fields?: LogFields & { readonly error?: never }, error?: unknown): void;
  /** A log that adds these fields to each line, such as the session id. */
  with(fields: LogFields): Log;
}

/** Writes nothing; for tests and for library use of a folder. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, with: () => silentLog };
