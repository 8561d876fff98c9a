import type { LoginOutcome } from '../../directory/directory.ts';
import { encodeSaslBase64 } from '../../wire/sasl/sasl-base64.ts';
import type { SaslLogin, SaslLoginStep } from '../../wire/sasl/sasl-login.ts';
import { replies } from '../../wire/smtp/replies.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { failureOf } from '../login-steps.ts';
import { countFailure, endAttempt, failAttempt } from './log-in.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/** RFC 4954 section 4: responses may be this long. */
const MAX_RESPONSE_BYTES = 12_288;

type Login = SaslLogin<LoginOutcome>;

const malformedReplies = {
  message: replies.badResponse,
  base64: replies.badBase64,
  cancelled: replies.authCancelled,
} as const;

/** Gives a response to the mechanism and does what it asks for. @throws Refuse */
export async function takeStep(session: SmtpSession, login: Login, response: Uint8Array | undefined): Promise<void> {
  endDialogue(session);
  goOn(session, login, await login.next(response));
}

/** A line while a mechanism waits for its response. @throws Refuse */
export async function takeResponse(session: SmtpSession, login: Login, line: Uint8Array): Promise<void> {
  endDialogue(session);
  goOn(session, login, await login.answer(Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1')));
}

function goOn(session: SmtpSession, login: Login, step: SaslLoginStep<LoginOutcome>): void {
  switch (step.kind) {
    case 'challenge':
      session.sasl = login;
      session.sink.expectLines(MAX_RESPONSE_BYTES);
      return session.say(reply(334, undefined, encodeSaslBase64(step.octets)));
    case 'outcome':
      return endAttempt(session, login.mechanism, step.login, step.outcome);
    case 'failed':
      throw failAttempt(session, login.mechanism, step.login, failureOf(step.why));
    case 'malformed':
      throw giveUp(session, login, malformedReplies[step.why]);
    default:
      return step satisfies never;
  }
}

/** Ends an exchange that cannot go on; after a claim it is a failed login. Throw what it returns. */
export function giveUp(session: SmtpSession, login: Login, answer: Reply): Refuse {
  endDialogue(session);
  breakOff(session, login);
  return new Refuse(answer, session.failedLogins >= session.options.limits.maxFailures);
}

/** The client will not go on with an exchange. */
export function breakOff(session: SmtpSession, login: Login): void {
  if (login.claimed) countFailure(session, login.mechanism, login.login, 'aborted');
}

function endDialogue(session: SmtpSession): void {
  session.sasl = undefined;
  session.expectCommands();
}
