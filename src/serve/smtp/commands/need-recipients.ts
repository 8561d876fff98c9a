import { replies } from '../../../wire/smtp/replies.ts';
import { Refuse } from '../refuse.ts';
import type { SmtpSession } from '../session.ts';
import type { Transaction } from '../transaction.ts';

/** The transaction, if it has a recipient. 554 when all of them were refused (RFC 5321 section 3.3). */
export function needRecipients({ transaction }: SmtpSession): Transaction {
  if (transaction === undefined) throw new Refuse(replies.mailFirst);
  if (transaction.recipients.length > 0) return transaction;
  throw new Refuse(transaction.refusedRecipients > 0 ? replies.noValidRecipients : replies.recipientFirst);
}
