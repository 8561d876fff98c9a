import { assertNever } from '../../base/assert-never.ts';
import type { SubmitRefusal } from '../../submit/outgoing-message.ts';
import type { OutgoingBody } from '../../submit/outgoing-body.ts';
import type { MailParams } from '../../wire/smtp/mail-params.ts';
import { reply } from '../../wire/smtp/reply.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { describeChannel } from './received-field.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';
import type { Transaction } from './transaction.ts';

/** Hands a whole message of one of our accounts to the door out. @throws Refuse, StorageFull; the body is then still ours */
export async function submitMessage(
  session: SmtpSession,
  transaction: Transaction,
  body: OutgoingBody,
): Promise<Reply> {
  const { submit, directory, clock } = session.services;
  const account = session.account === undefined ? undefined : directory.findAccount(session.account.id);
  const { proof } = session;
  if (account === undefined || proof === undefined || !directory.mayStay(account, proof)) {
    throw new Refuse(replies.accountGone, true);
  }
  const { params, sender, recipients, id } = transaction;
  const { holdForSeconds, holdUntilMs } = params;
  const done = await submit({
    ...{ id, account, sender, recipients, body },
    via: describeChannel(session, params),
    requireTls: params.requireTls === true,
    envelopeId: params.envid,
    returnContent: params.ret === undefined ? undefined : params.ret === 'FULL' ? 'full' : 'headers',
    notBeforeMs: holdForSeconds === undefined ? holdUntilMs : clock.now() + 1000 * holdForSeconds,
    futureRelease: printHold(params),
  });
  if (!done.ok) throw new Refuse(refusalReply(done.error));
  return reply(250, '2.0.0', `OK, queued as ${id}`);
}

/** RFC 4865 section 5.1.2. */
function printHold({ holdForSeconds, holdUntilMs }: MailParams): string | undefined {
  if (holdForSeconds !== undefined) return `for;${holdForSeconds}`;
  return holdUntilMs === undefined ? undefined : `until;${new Date(holdUntilMs).toISOString().replace(/\.\d+Z$/, 'Z')}`;
}

function refusalReply(why: SubmitRefusal): Reply {
  switch (why) {
    case 'header-too-long':
      return replies.headerTooLong;
    case 'bad-header':
      return replies.badHeader;
    case 'loop':
      return replies.loop;
    case 'one-from':
      return replies.oneFrom;
    case 'from-not-yours':
      return replies.fromNotYours;
    case 'sender-field-not-yours':
      return replies.senderFieldNotYours;
    case 'domain-disabled':
      return replies.senderDomainDisabled;
    case 'too-many-recipients':
      return replies.sentTooMuch;
    case 'too-many-new-recipients':
      return replies.sentToTooManyNew;
    case 'not-signed':
      return replies.notSigned;
    default:
      return assertNever(why);
  }
}
