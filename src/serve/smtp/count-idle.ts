import { replies } from '../../wire/smtp/replies.ts';
import type { SmtpSession } from './session.ts';

/** One more command that brought no message nearer; true when it was one too many, and the session is over. */
export function countIdle(session: SmtpSession): boolean {
  if (++session.idleCommands <= session.options.limits.maxIdleCommands) return false;
  session.leave(replies.tooManyCommands);
  return true;
}
