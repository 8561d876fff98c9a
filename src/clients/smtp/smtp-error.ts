import type { ConnectionFailure } from '../../net/connection-failure.ts';
import type { FailureReason } from '../../net/connection-failure.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import type { RecipientResult } from './recipient-result.ts';

/** At which step. `CONNECT` until the greeting; `END` once the whole message was sent. */
export type SmtpStep =
  | 'CONNECT'
  | 'EHLO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'BDAT'
  | 'END'
  | 'RSET'
  | 'QUIT';

/**
 * `refused`: the server said no, see `reply`; `protocol`: what it said is not SMTP; `unsupported`: it does not offer what the
 * message or the options need; `credentials`: no mechanism fits, or the server could not prove who it is; the others: the
 * connection.
 */
export type SmtpFault = 'refused' | 'protocol' | 'unsupported' | 'credentials' | FailureReason;

/** Whether to try again. `unknown`: the server may have taken the message (RFC 5321 section 4.2.5), a second copy is possible. */
export type Permanence = 'temporary' | 'permanent' | 'unknown';

interface Details {
  readonly reply?: Reply | undefined;
  readonly permanence?: Permanence;
  readonly enhanced?: string;
  readonly recipients?: readonly RecipientResult[];
  readonly cause?: unknown;
}

/** Why a step did not succeed. */
export class SmtpError extends Error {
  override readonly name = 'SmtpError';
  readonly step: SmtpStep;
  readonly fault: SmtpFault;
  readonly permanence: Permanence;
  /** What the server said, bounded (`replyLimits`); undefined when it did not come to that. */
  readonly reply: Reply | undefined;
  /** RFC 3463: the server's, or ours where we gave up before asking. */
  readonly enhanced: string | undefined;
  /** What became of each recipient until then; empty when it was not asked. */
  readonly recipients: readonly RecipientResult[];

  constructor(step: SmtpStep, fault: SmtpFault, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.step = step;
    this.fault = fault;
    this.reply = details.reply;
    this.enhanced = details.reply?.enhanced ?? details.enhanced;
    this.permanence = details.permanence ?? 'temporary';
    this.recipients = details.recipients ?? [];
  }

  get code(): number | undefined {
    return this.reply?.code;
  }

  /** The same, with what became of the recipients. */
  with(recipients: readonly RecipientResult[]): SmtpError {
    const { reply, permanence, enhanced = '', cause } = this;
    return new SmtpError(this.step, this.fault, this.message, { reply, permanence, enhanced, recipients, cause });
  }
}

/** The server said no; 4yz is temporary, and so is a positive reply where none was expected. */
export function refusal(step: SmtpStep, reply: Reply): SmtpError {
  const permanence = reply.code >= 500 ? 'permanent' : 'temporary';
  return new SmtpError(step, 'refused', `${step}: ${printReplyText(reply)}`, { reply, permanence });
}

/** `550 5.1.1 no such user`, at most 500 characters of one line. */
export function printReplyText(reply: Reply): string {
  const text = reply.lines.join(' ').replace(/[\0-\x1f\x7f-\x9f]+/g, ' ');
  return [reply.code, reply.enhanced, text.slice(0, 500)].filter((part) => part !== undefined && part !== '').join(' ');
}

/** After the whole message was sent, a lost connection tells nothing about the message. */
export function lost(step: SmtpStep, failure: ConnectionFailure): SmtpError {
  return new SmtpError(step, failure.reason, `${step}: ${failure.message}`, {
    permanence: step === 'END' ? 'unknown' : 'temporary',
    cause: failure,
  });
}
