import { gather } from '../../receive/gather.ts';
import type { MessageFacts } from '../../receive/gather.ts';
import type { EnvelopeRecipient } from '../../receive/incoming.ts';
import { receive } from '../../receive/receive.ts';
import { replies } from '../../wire/smtp/replies.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { combineResults, replyTo } from './combine-results.ts';
import type { RecipientAnswer } from './combine-results.ts';
import type { MessageBody } from './message-body.ts';
import { printTrace } from './received-field.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';
import { submitMessage } from './submit-message.ts';
import { completeCaptured } from './complete-captured.ts';
import type { Transaction } from './transaction.ts';

/** The message is there, or is known to be lost: files it and answers. The transaction is over either way. */
export async function finishMessage(session: SmtpSession): Promise<void> {
  const { transaction } = session;
  const body = transaction?.body;
  if (transaction === undefined || body === undefined) return;
  session.transaction = undefined;
  session.receiver = undefined;
  const { answer, close } = await take(session, transaction, body);
  if (answer.code < 400) {
    session.goodTransactions++;
    session.idleCommands = 0;
  } else {
    session.badTransactions++;
    const text = `${answer.code} ${answer.enhanced} ${answer.lines.join(' ')}`;
    session.log.info('message refused', { message: transaction.id, reply: text });
  }
  if (close) session.leave(answer);
  else session.say(answer);
}

/** Never throws: what goes wrong is an answer. */
async function take(
  session: SmtpSession,
  transaction: Transaction,
  body: MessageBody,
): Promise<{ readonly answer: Reply; readonly close: boolean }> {
  let isOurs = true;
  try {
    if (body.failure !== undefined) throw new Refuse(body.failure);
    if (body.outgoing !== undefined) {
      return { answer: await submitMessage(session, transaction, body.outgoing), close: false };
    }
    const facts = gather(body.spool);
    checkMessage(session, facts);
    const added = session.options.role === 'submission' ? addToCaptured(session, facts) : '';
    const policy = await obeyForDelivery(session, transaction.recipients);
    const rest = policy.recipients;
    const trace = printTrace(session, transaction, added);
    isOurs = rest.length === 0;
    const answers = [
      ...policy.forced,
      ...(isOurs ? [] : await deliver(session, transaction, rest, body, trace, facts)),
    ];
    if (isOurs) body.discard();
    if (session.options.role === 'mx' && answers.every(({ refusal }) => refusal === replies.unknownRecipient)) {
      await session.sink.delay(session.options.limits.unknownPauseMs);
    }
    const isReported = session.services.reports !== undefined && transaction.sender !== undefined;
    return { answer: combineResults(answers, transaction.id, isReported), close: false };
  } catch (error) {
    if (isOurs) body.discard();
    if (error instanceof Refuse) return { answer: error.reply, close: error.close };
    return { answer: session.answerTo(error), close: false };
  }
}

function checkMessage(session: SmtpSession, facts: MessageFacts): void {
  if (!facts.headerComplete) throw new Refuse(replies.headerTooLong);
  if (facts.receivedFields > session.options.limits.maxReceived) throw new Refuse(replies.loop);
}

function addToCaptured(session: SmtpSession, facts: MessageFacts): string {
  const { directory } = session.services;
  const account = session.account === undefined ? undefined : directory.findAccount(session.account.id);
  if (account === undefined || account.loginDisabled !== undefined) throw new Refuse(replies.accountGone, true);
  return completeCaptured(session, facts);
}

/** Through the door, which takes the spool over. */
async function deliver(
  session: SmtpSession,
  { id, sender, params }: Transaction,
  recipients: readonly EnvelopeRecipient[],
  { spool }: MessageBody,
  trace: string,
  facts: MessageFacts,
): Promise<readonly RecipientAnswer[]> {
  const services = { ...session.services, log: session.log };
  const wishes = {
    envelopeId: params.envid,
    utf8: params.smtpUtf8 === true,
    requireTls: params.requireTls === true,
  };
  const results = await receive(services, { id, sender, recipients, spool, trace, wishes }, facts);
  return results.map((result): RecipientAnswer => {
    const refusal = result.kind === 'refused' ? replyTo(result.reason) : undefined;
    return { printed: result.recipient.printed, refusal };
  });
}

interface Judged {
  readonly forced: readonly RecipientAnswer[];
  /** Those for whom the policy has no answer. */
  readonly recipients: readonly EnvelopeRecipient[];
}

async function obeyForDelivery(session: SmtpSession, all: readonly EnvelopeRecipient[]): Promise<Judged> {
  const { policy } = session.options;
  const forced: RecipientAnswer[] = [];
  if (policy === undefined) return { forced, recipients: all };
  let waitMs = 0;
  const recipients = all.filter((recipient) => {
    const answer = policy.judge(recipient.address.localPart, 'delivery');
    if (answer === undefined) return true;
    forced.push({ printed: recipient.printed, refusal: answer.reply });
    waitMs = Math.max(waitMs, answer.afterMs);
    return false;
  });
  if (waitMs > 0) await session.sink.delay(waitMs);
  return { forced, recipients };
}
