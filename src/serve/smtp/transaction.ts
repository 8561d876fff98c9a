import type { AddressParts } from '../../directory/directory.ts';
import type { EnvelopeRecipient } from '../../receive/incoming.ts';
import type { MailParams } from '../../wire/smtp/mail-params.ts';
import type { LineEndGuard } from '../../wire/smtp/line-end-guard.ts';
import type { MessageBody } from './message-body.ts';

/** One envelope, from MAIL to the end of the message or RSET. RFC 5321 section 3.3. */
export interface Transaction {
  /** `SESSION.N`: names the message in logs, in Received and in the answer. */
  readonly id: string;
  /** Undefined: the null reverse path. */
  readonly sender: AddressParts | undefined;
  readonly params: MailParams;
  readonly recipients: EnvelopeRecipient[];
  /** RCPT was sent and refused. */
  refusedRecipients: number;
  /** Set with DATA or the first BDAT. */
  body: MessageBody | undefined;
  /** Watches the line ends of chunks that are text. */
  guard?: LineEndGuard | undefined;
}
