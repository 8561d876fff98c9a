import type { LoginOutcome } from '../../directory/directory.ts';
import { maxLineBytes } from '../../wire/pop3/command-line.ts';
import { decodeSaslBase64, encodeSaslBase64 } from '../../wire/sasl/sasl-base64.ts';
import type { SaslLogin } from '../../wire/sasl/sasl-login.ts';
import { endAttempt, failAttempt } from './login.ts';
import { Refuse } from './refuse.ts';
import type { Pop3Session } from './session.ts';

/** Octets of a response; certificates' names and binding data are short. RFC 5034 section 4 knows no limit. */
const maxResponseBytes = 12_288;

/** Gives a response to the mechanism and does what it asks for. @throws Refuse */
export async function takeStep(
  session: Pop3Session,
  login: SaslLogin<LoginOutcome>,
  response: Uint8Array | undefined,
): Promise<void> {
  endDialogue(session);
  const step = await login.next(response);
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
      throw giveUp(session, login, `not a message of ${login.mechanism}`);
    default:
      return step satisfies never;
  }
}

/** A line while a mechanism waits for its response. RFC 5034 section 4. @throws Refuse */
export function takeResponse(session: Pop3Session, login: SaslLogin<LoginOutcome>, line: Uint8Array): Promise<void> {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  if (text === '*') throw giveUp(session, login, 'cancelled');
  const response = decodeSaslBase64(text);
  if (!response.ok) throw giveUp(session, login, 'not base64');
  return takeStep(session, login, response.value);
}

/** Ends an exchange that cannot go on; after a claim it is a failed login. Throw what it returns. */
export function giveUp(session: Pop3Session, login: SaslLogin<LoginOutcome>, text: string): Refuse {
  endDialogue(session);
  if (!login.claimed) return new Refuse(text, { isSyntax: true });
  const { close } = failAttempt(session, login.mechanism, login.login, 'aborted');
  return new Refuse(text, { close, isSyntax: true });
}

function failureOf(why: 'proof' | 'binding' | 'identity'): 'badpassword' | 'badchanbind' | 'badcreds' {
  if (why === 'proof') return 'badpassword';
  return why === 'binding' ? 'badchanbind' : 'badcreds';
}

function endDialogue(session: Pop3Session): void {
  session.sasl = undefined;
  // Lines are commands again.
  session.sink.expectLines(maxLineBytes);
}
