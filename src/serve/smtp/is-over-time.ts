import { replies } from '../../wire/smtp/replies.ts';
import type { MessageBody } from './message-body.ts';
import type { SmtpSession } from './session.ts';

/** Ends the session when the message takes too long or does not end at all; true then. */
export function isOverTime(session: SmtpSession, body: MessageBody): boolean {
  const tookMs = session.services.clock.now() - body.startedAtMs;
  if (tookMs <= session.options.limits.dataMs && !body.isEndless) return false;
  session.leave(body.isEndless ? replies.endlessData : replies.dataTooLong);
  return true;
}
