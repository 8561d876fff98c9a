import { expectKeyword } from '../../../wire/smtp/command-line.ts';
import { readMailParams } from '../../../wire/smtp/mail-params.ts';
import type { MailParams } from '../../../wire/smtp/mail-params.ts';
import { parsePath } from '../../../wire/smtp/path.ts';
import type { EnvelopeAddress } from '../../../wire/smtp/path.ts';
import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';
import { obeyPolicy } from '../obey-policy.ts';
import { paramRefusal } from '../param-refusal.ts';
import { Refuse } from '../refuse.ts';
import type { SmtpSession } from '../session.ts';

/**
 * MAIL FROM begins a message. RFC 5321 section 4.1.1.2; SIZE (RFC 1870), BODY (RFC 6152, RFC 3030), SMTPUTF8 (RFC 6531),
 * AUTH (RFC 4954), RET and ENVID (RFC 3461), REQUIRETLS (RFC 8689). On port 25 the domain must be able to get the reports
 * about the message (RFC 7505 section 4.2). On submission HOLDFOR and HOLDUNTIL (RFC 4865).
 */
export const mail = command({
  verb: 'MAIL',
  needs: ['hello', 'tls', 'login', 'no-mail'],
  keywords: (session) => [
    `SIZE ${session.options.limits.maxMessageBytes}`,
    '8BITMIME',
    'SMTPUTF8',
    'DSN',
    ...(session.tls === undefined ? [] : ['REQUIRETLS']),
    ...(session.sendsOut ? [printFutureRelease(session)] : []),
  ],
  parse(rest) {
    const at = expectKeyword(rest, 'FROM:');
    if (!at.ok) throw new Refuse(replies.badArguments);
    const path = parsePath(rest, at.value);
    if (!path.ok || path.value.address?.domain === '') throw new Refuse(replies.badSenderAddress);
    const params = readMailParams(rest.slice(path.value.end));
    if (!params.ok) throw new Refuse(paramRefusal(params.error));
    return { sender: path.value.address, utf8: path.value.utf8, params: params.value };
  },
  run(session, { sender, utf8, params }) {
    checkParams(session, params);
    if (utf8 && params.smtpUtf8 !== true) throw new Refuse(replies.utf8Needed);
    if (session.options.role === 'mx') checkPeer(session, sender);
    else checkOwner(session, sender);
    if (session.sink.closed) return undefined;
    const begin = () => {
      const id = session.nextTransactionId();
      session.transaction = { id, sender, params, recipients: [], refusedRecipients: 0, body: undefined };
      session.say(replies.senderOk);
    };
    const goOn = () => obeyPolicy(session, sender, 'mail', begin);
    const domainOk = lookUpSender(session, sender);
    return domainOk === undefined ? goOn() : domainOk.then(goOn);
  },
});

function checkParams(session: SmtpSession, params: MailParams): void {
  if (params.requireTls === true && session.tls === undefined) throw new Refuse(replies.requireTlsNeedsTls);
  checkHold(session, params);
  if ((params.sizeBytes ?? 0) > session.options.limits.maxMessageBytes) throw new Refuse(replies.tooLarge);
}

/** RFC 4865 section 4.2. */
function checkHold(session: SmtpSession, { holdForSeconds, holdUntilMs }: MailParams): void {
  if (holdForSeconds === undefined && holdUntilMs === undefined) return;
  if (!session.sendsOut) throw new Refuse(replies.holdNotHere);
  if (holdForSeconds !== undefined && holdUntilMs !== undefined) throw new Refuse(replies.holdOnce);
  const { maxHoldSeconds } = session.options.limits;
  const seconds = holdForSeconds ?? ((holdUntilMs ?? 0) - session.services.clock.now()) / 1000;
  if (seconds < 0 || seconds > maxHoldSeconds) throw new Refuse(replies.holdOutOfRange);
}

/** The longest time, and when it ends. RFC 4865 section 3. */
function printFutureRelease(session: SmtpSession): string {
  const { maxHoldSeconds } = session.options.limits;
  const until = new Date(session.services.clock.now() + 1000 * maxHoldSeconds);
  return `FUTURERELEASE ${maxHoldSeconds} ${until.toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

/** On port 25. */
function checkPeer(session: SmtpSession, sender: EnvelopeAddress | undefined): void {
  const { badTransactions, goodTransactions, options } = session;
  if (goodTransactions === 0 && badTransactions > options.limits.maxBadTransactions) {
    throw new Refuse(replies.badTransactions, true);
  }
  if (sender?.domain.startsWith('[') === true) throw new Refuse(replies.senderLiteral);
}

/** Asks the DNS about a stranger's domain; undefined when there is nothing to ask. */
function lookUpSender(session: SmtpSession, sender: EnvelopeAddress | undefined): Promise<void> | undefined {
  const { options, services, peer } = session;
  if (options.role !== 'mx' || options.capture !== undefined || sender === undefined) return undefined;
  return services.senderDomains?.judge(sender, peer.remoteAddress)?.then((verdict) => {
    if (verdict === 'missing') throw new Refuse(replies.senderDomainMissing);
    if (verdict === 'null-mx') throw new Refuse(replies.senderNullMx);
  });
}

/** On submission: an address of the account. The null path is for reports that the account's programs make. */
function checkOwner(session: SmtpSession, sender: EnvelopeAddress | undefined): void {
  const account = session.findAccount();
  if (account === undefined || sender === undefined || session.options.capture !== undefined) return;
  const may = session.services.directory.maySendAs(account, sender);
  if (may === 'no') throw new Refuse(replies.senderNotYours);
  if (may === 'domain-disabled') throw new Refuse(replies.senderDomainDisabled);
}
