import type { FailureReason } from '../../net/connection-failure.ts';
import type { ResponseCode } from '../../wire/imap/response/parse-response.ts';

/**
 * `no`: the server refused, see `code`; `bad`: it does not understand the command; `bye`: it ended the session; `protocol`:
 * what it said is not IMAP; `unsupported`: it does not offer what is needed; `credentials`: no mechanism fits, or the server
 * could not prove who it is; `state`: not now, such as two commands at once; the others: the connection.
 */
export type ImapFault = 'no' | 'bad' | 'bye' | 'protocol' | 'unsupported' | 'credentials' | 'state' | FailureReason;

/** Why a command did not succeed. After any fault but `no`, `bad`, `unsupported`, `state` and `credentials` the connection is gone. */
export class ImapError extends Error {
  override readonly name = 'ImapError';
  /** The first word of the command; `CONNECT` until the greeting. */
  readonly command: string;
  readonly fault: ImapFault;
  /** What the server said for programs: `NONEXISTENT`, `OVERQUOTA`, … (RFC 9051 section 7.1). */
  readonly code: ResponseCode | undefined;

  constructor(
    command: string,
    fault: ImapFault,
    message: string,
    details: { readonly code?: ResponseCode | undefined; readonly cause?: unknown } = {},
  ) {
    super(`${command}: ${message}`, { cause: details.cause });
    this.command = command;
    this.fault = fault;
    this.code = details.code;
  }
}
