import { LineEndGuard } from '../../wire/smtp/line-end-guard.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { needRecipients } from './commands/need-recipients.ts';
import { finishMessage } from './finish-message.ts';
import { isOverTime } from './is-over-time.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/** The body of the transaction stands ready for a chunk of BDAT or BURL. RFC 3030 section 2. @throws Refuse without a recipient */
export function openChunkBody(session: SmtpSession): void {
  const transaction = needRecipients(session);
  if (transaction.body !== undefined) return;
  transaction.body = session.newBody();
  transaction.guard = transaction.params.body === 'BINARYMIME' ? undefined : new LineEndGuard();
}

/** Keeps a piece of a chunk. Await the promise, if there is one. */
export function writeChunk(session: SmtpSession, octets: Uint8Array): void | Promise<void> {
  const { transaction } = session;
  if (transaction?.body === undefined) return undefined;
  const { body, guard } = transaction;
  if (isOverTime(session, body)) return undefined;
  const kept = guard === undefined ? octets : guard.push(octets);
  if (guard?.bareCr === true) body.fail(replies.bareCr);
  return kept === undefined ? undefined : body.write(kept);
}

/** A chunk of so many octets is there; after the last one the message is done, and so it is when it is lost. */
export function endChunk(session: SmtpSession, bytes: number, last: boolean): void | Promise<void> {
  const { transaction } = session;
  if (transaction?.body === undefined) throw new Refuse(replies.mailFirst);
  const { body, guard } = transaction;
  if (last) {
    guard?.end();
    if (guard?.bareCr === true) body.fail(replies.bareCr);
    return finishMessage(session);
  }
  if (body.failure === undefined) {
    session.say(reply(250, '2.0.0', `${bytes} octets taken`));
    return undefined;
  }
  // The message is lost: further chunks are refused one by one (RFC 3030 section 2).
  return finishMessage(session);
}
