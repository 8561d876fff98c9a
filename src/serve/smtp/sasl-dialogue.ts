import type { SaslClaim, SaslStep, SaslToken } from '../../wire/sasl/exchange.ts';
import { decodeSaslBase64, encodeSaslBase64 } from '../../wire/sasl/sasl-base64.ts';
import { replies } from '../../wire/smtp/replies.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { attemptOf, beginAttempt, countFailure, endAttempt, failAttempt, requireOwnIdentity } from './log-in.ts';
import { Refuse } from './refuse.ts';
import type { SaslDialogue, SmtpSession } from './session.ts';

/** RFC 4954 section 4: responses may be this long. */
const MAX_RESPONSE_BYTES = 12_288;

/** Gives a response to the mechanism and does what it asks for. */
export function takeStep(
  session: SmtpSession,
  dialogue: SaslDialogue,
  response: Uint8Array | undefined,
): void | Promise<void> {
  const step = dialogue.exchange.next(response);
  switch (step.kind) {
    case 'challenge':
      return challenge(session, dialogue, step.octets);
    case 'claim':
      return takeClaim(session, dialogue, step);
    case 'malformed':
      throw giveUp(session, dialogue, replies.badResponse);
    case 'failed':
      endDialogue(session);
      throw failAttempt(
        session,
        dialogue.mechanism,
        dialogue.login ?? '',
        step.why === 'binding' ? 'badchanbind' : 'badpassword',
      );
    case 'proven':
      endDialogue(session);
      return endAttempt(
        session,
        dialogue.mechanism,
        step.login,
        session.services.directory.confirmScram(step.login, step.storedKey, 'submission'),
      );
    case 'certificate':
      endDialogue(session);
      return checkCertificate(session, dialogue, step.authorizeAs);
    case 'token':
      endDialogue(session);
      return checkToken(session, dialogue, step);
    case 'password':
      endDialogue(session);
      return checkPassword(session, dialogue, step);
    default:
      return step satisfies never;
  }
}

/** A line while a mechanism waits for its response. */
export function takeResponse(session: SmtpSession, dialogue: SaslDialogue, line: Uint8Array): void | Promise<void> {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  if (text === '*') throw giveUp(session, dialogue, replies.authCancelled);
  const response = decodeSaslBase64(text);
  if (!response.ok) throw giveUp(session, dialogue, replies.badBase64);
  return takeStep(session, dialogue, response.value);
}

/** Ends an exchange that cannot go on; throw what it returns. */
export function giveUp(session: SmtpSession, dialogue: SaslDialogue, answer: Reply): Refuse {
  endDialogue(session);
  if (dialogue.login !== undefined) countFailure(session, dialogue.mechanism, dialogue.login, 'aborted');
  return new Refuse(answer, session.failedLogins >= session.options.limits.maxFailures);
}

function endDialogue(session: SmtpSession): void {
  session.sasl = undefined;
  // Lines are commands again.
  session.sink.expectLines(session.options.limits.maxLineBytes);
}

function challenge(session: SmtpSession, dialogue: SaslDialogue, octets: Uint8Array): void {
  session.sasl = dialogue;
  session.sink.expectLines(MAX_RESPONSE_BYTES);
  session.say(reply(334, undefined, encodeSaslBase64(octets)));
}

async function takeClaim(session: SmtpSession, dialogue: SaslDialogue, claim: SaslClaim): Promise<void> {
  endDialogue(session);
  await beginAttempt(session, dialogue.mechanism, claim.login);
  dialogue.login = claim.login;
  requireOwnIdentity(session, dialogue.mechanism, claim.authorizeAs, claim.login);
  const verifier = session.services.directory.findScramVerifier(claim.login, claim.digest);
  challenge(session, dialogue, claim.challenge(verifier));
}

async function checkPassword(
  session: SmtpSession,
  { mechanism }: SaslDialogue,
  { authorizeAs, login, password }: SaslStep & { readonly kind: 'password' },
): Promise<void> {
  await beginAttempt(session, mechanism, login);
  requireOwnIdentity(session, mechanism, authorizeAs, login);
  endAttempt(session, mechanism, login, await session.services.directory.checkPassword(login, password, 'submission'));
}

async function checkToken(session: SmtpSession, dialogue: SaslDialogue, step: SaslToken): Promise<void> {
  const { mechanism } = dialogue;
  const { tokens, directory, failures } = session.services;
  const { login, token } = step;
  await beginAttempt(session, mechanism, login);
  const verdict = await tokens?.verify(token);
  if (verdict?.kind === 'valid') {
    const outcome = directory.confirmToken(verdict.address, login);
    if (outcome.ok || outcome.reason !== 'bad-credentials') return endAttempt(session, mechanism, login, outcome);
  }
  session.log.info('token refused', { mechanism, why: verdict?.kind === 'valid' ? 'of nobody here' : verdict?.why });
  if (verdict?.kind === 'unavailable') {
    // Nobody's failure.
    failures.reset(session.peer.remoteAddress);
    failures.failed(attemptOf(session, mechanism, login), 'error');
    throw new Refuse(replies.issuerUnavailable);
  }
  dialogue.login = login;
  challenge(session, dialogue, step.refuse(tokens?.configurationUrl ?? ''));
}

async function checkCertificate(session: SmtpSession, { mechanism }: SaslDialogue, authorizeAs: string): Promise<void> {
  await beginAttempt(session, mechanism, authorizeAs);
  const publicKey = session.tls?.peerPublicKey ?? new Uint8Array(0);
  endAttempt(session, mechanism, authorizeAs, session.services.directory.confirmTlsKey(publicKey, authorizeAs));
}
