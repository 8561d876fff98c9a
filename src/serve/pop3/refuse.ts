import type { Pop3Code } from '../../wire/pop3/response.ts';

/** A command is answered with `-ERR`. Caught by dispatch only; `text` is for the client and tells nothing of the inside. */
export class Refuse extends Error {
  override readonly name = 'Refuse';
  readonly code: Pop3Code | undefined;
  /** The connection closes behind it. */
  readonly close: boolean;
  /** It counts as an error of the client's program. */
  readonly isSyntax: boolean;

  constructor(
    text: string,
    how: { readonly code?: Pop3Code; readonly close?: boolean; readonly isSyntax?: boolean } = {},
  ) {
    super(text);
    this.code = how.code;
    this.close = how.close ?? false;
    this.isSyntax = how.isSyntax ?? false;
  }
}

/** Arguments that do not fit their command. */
export function badArguments(): Refuse {
  return new Refuse('wrong arguments', { isSyntax: true });
}
