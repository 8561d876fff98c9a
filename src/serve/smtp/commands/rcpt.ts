import type { Destination } from '../../../receive/incoming.ts';
import { screen } from '../../../receive/screen.ts';
import type { Screened } from '../../../receive/screen.ts';
import { expectKeyword } from '../../../wire/smtp/command-line.ts';
import { parsePath, printAddress } from '../../../wire/smtp/path.ts';
import type { EnvelopeAddress } from '../../../wire/smtp/path.ts';
import { readRcptParams } from '../../../wire/smtp/rcpt-params.ts';
import { replies } from '../../../wire/smtp/replies.ts';
import type { Reply } from '../../../wire/smtp/reply.ts';
import { command } from '../command.ts';
import { obeyPolicy } from '../obey-policy.ts';
import { paramRefusal } from '../param-refusal.ts';
import { Refuse } from '../refuse.ts';
import type { SmtpSession } from '../session.ts';
import type { Transaction } from '../transaction.ts';

/**
 * RCPT TO names a recipient. RFC 5321 section 4.1.1.3; NOTIFY and ORCPT (RFC 3461), kept for the queue; LIMITS (RFC 9422).
 * Not yet: one recipient only without SPF pass (needs a resolver).
 */
export const rcpt = command({
  verb: 'RCPT',
  needs: ['hello', 'tls', 'login', 'mail'],
  keywords: (session) => [`LIMITS RCPTMAX=${session.options.limits.maxRecipients}`],
  parse(rest) {
    const at = expectKeyword(rest, 'TO:');
    if (!at.ok) throw new Refuse(replies.badArguments);
    const path = parsePath(rest, at.value);
    if (!path.ok || path.value.address === undefined) throw new Refuse(replies.badRecipientAddress);
    const params = readRcptParams(rest.slice(path.value.end));
    if (!params.ok) throw new Refuse(paramRefusal(params.error));
    return { address: path.value.address, utf8: path.value.utf8, params: params.value };
  },
  run(session, { address, utf8, params }) {
    const { transaction } = session;
    if (transaction === undefined) throw new Refuse(replies.mailFirst);
    if (transaction.body !== undefined) throw new Refuse(replies.bdatPending);
    const accept = (): void => {
      const screened = screenFor(session, address);
      const refusal = refusalOf(session, transaction, { address, utf8, screened });
      if (refusal !== undefined) return refuseRecipient(session, transaction, refusal);
      // What leaves by the queue is looked up again when its turn comes.
      const destination: Destination = screened.kind === 'local' ? screened.destination : { kind: 'unknown-address' };
      const { notify, originalRecipient } = params;
      const printed = printRecipient(address, destination);
      transaction.recipients.push({ address, printed, destination, notify, originalRecipient });
      session.say(replies.recipientOk);
    };
    return obeyPolicy(session, address, 'rcpt', accept);
  },
});

/** `<postmaster>` has no domain; then the address that it stands for. */
function printRecipient(address: EnvelopeAddress, destination: Destination): string {
  const isBare = address.domain === '' && destination.kind === 'account';
  return isBare ? destination.recipient.address : printAddress(address);
}

function screenFor(session: SmtpSession, address: EnvelopeAddress): Screened {
  const { capture } = session.options;
  const { directory } = session.services;
  return screen(directory, address, capture === undefined ? undefined : directory.findAccount(capture.account));
}

function refusalOf(
  session: SmtpSession,
  transaction: Transaction,
  named: { readonly address: EnvelopeAddress; readonly utf8: boolean; readonly screened: Screened },
): Reply | undefined {
  if (named.utf8 && transaction.params.smtpUtf8 !== true) return replies.utf8Needed;
  if (transaction.recipients.length >= session.options.limits.maxRecipients) return replies.tooManyRecipients;
  const isMx = session.options.role === 'mx';
  // A report has one addressee: the sender of what it is about.
  if (isMx && transaction.sender === undefined && transaction.recipients.length > 0) return replies.oneBounceRecipient;
  switch (named.screened.kind) {
    case 'local':
      return undefined;
    case 'domain-disabled':
      return replies.domainDisabled;
    case 'unknown-address':
      // On port 25 it is told only after the message, so that addresses cannot be tried out cheaply.
      return isMx ? undefined : replies.unknownRecipient;
    case 'unknown-domain':
      if (session.sendsOut) return undefined;
      if (!isMx) return replies.notSentOut;
      return named.address.domain.startsWith('[') ? replies.unknownRecipient : replies.notRelayed;
  }
}

function refuseRecipient(session: SmtpSession, transaction: Transaction, refusal: Reply): void {
  transaction.refusedRecipients++;
  session.refusedRecipients++;
  if (session.refusedRecipients > session.options.limits.maxRefusedRecipients) session.leave(replies.tooManyErrors);
  else session.say(refusal);
}
