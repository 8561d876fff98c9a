import type { LoginOutcome } from '../../directory/directory.ts';
import { encodeSaslBase64 } from '../../wire/sasl/sasl-base64.ts';
import type { SaslLogin, SaslLoginStep } from '../../wire/sasl/sasl-login.ts';
import { failureOf } from '../login-steps.ts';
import { endAttempt, failAttempt } from './login.ts';
import { Refuse } from './refuse.ts';
import { maxResponseBytes } from './session.ts';
import type { Pop3Session } from './session.ts';

type Login = SaslLogin<LoginOutcome>;

/** Gives a response to the mechanism and does what it asks for. @throws Refuse */
export async function takeStep(session: Pop3Session, login: Login, response: Uint8Array | undefined): Promise<void> {
  endDialogue(session);
  await goOn(session, login, await login.next(response));
}

/** A line while a mechanism waits for its response. RFC 5034 section 4. @throws Refuse */
export async function takeResponse(session: Pop3Session, login: Login, line: Uint8Array): Promise<void> {
  endDialogue(session);
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  await goOn(session, login, await login.answer(text));
}

async function goOn(session: Pop3Session, login: Login, step: SaslLoginStep<LoginOutcome>): Promise<void> {
  switch (step.kind) {
    case 'challenge':
      session.sasl = login;
      session.sink.expectLines(maxResponseBytes);
      session.sink.write(`+ ${encodeSaslBase64(step.octets)}\r\n`);
      return;
    case 'outcome':
      return endAttempt(session, login.mechanism, step.login, step.outcome);
    case 'failed':
      throw failAttempt(session, login.mechanism, step.login, failureOf(step.why));
    case 'malformed':
      throw giveUp(session, login, malformedTexts[step.why] ?? `not a message of ${login.mechanism}`);
    default:
      return step satisfies never;
  }
}

const malformedTexts: Readonly<Record<string, string | undefined>> = { cancelled: 'cancelled', base64: 'not base64' };

/** Ends an exchange that cannot go on; after a claim it is a failed login. Throw what it returns. */
export function giveUp(session: Pop3Session, login: Login, text: string): Refuse {
  endDialogue(session);
  return new Refuse(text, { close: breakOff(session, login)?.close ?? false, isSyntax: true });
}

/** The client will not go on with an exchange: a failed login, if it had named one. */
export function breakOff(session: Pop3Session, login: Login): Refuse | undefined {
  return login.claimed ? failAttempt(session, login.mechanism, login.login, 'aborted') : undefined;
}

function endDialogue(session: Pop3Session): void {
  session.sasl = undefined;
  session.expectCommands();
}
