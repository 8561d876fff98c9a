/**
 * How a command says no: thrown anywhere below `run`, caught by dispatch alone, which makes the tagged line of it.
 * `code` is a response code without brackets (RFC 9051 section 7.1); `text` is for the user of the client and holds no
 * detail about the server.
 */

/** Tagged NO: the command was understood and cannot be done. */
export class No extends Error {
  override readonly name = 'No';
  readonly code: string | undefined;

  constructor(text: string, code?: string) {
    super(text);
    this.code = code;
  }
}

/** Tagged BAD: the client should not have sent this. Counts towards the limit of errors. */
export class Bad extends Error {
  override readonly name = 'Bad';
  readonly code: string | undefined;

  constructor(text: string, code?: string) {
    super(text);
    this.code = code;
  }
}

/** Untagged BYE, then the connection closes. */
export class Bye extends Error {
  override readonly name = 'Bye';
  readonly code: string | undefined;

  constructor(text: string, code?: string) {
    super(text);
    this.code = code;
  }
}

/** The connection ended while a command waited for more from the client; nobody is left to tell. Commands let it pass (and release in `finally`). */
export class ConnectionEnded extends Error {
  override readonly name = 'ConnectionEnded';
  /** It was us who ended it, for reasons of ours. */
  readonly byServer: boolean;

  constructor(text: string, options: ErrorOptions & { readonly byServer?: boolean } = {}) {
    super(text, options);
    this.byServer = options.byServer ?? false;
  }
}
