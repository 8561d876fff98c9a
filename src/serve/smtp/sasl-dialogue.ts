import type { SaslExchange, SaslStep } from '../../wire/sasl/exchange.ts';
import { decodeSaslBase64, encodeSaslBase64 } from '../../wire/sasl/sasl-base64.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/** RFC 4954 section 4: responses may be this long. */
const MAX_RESPONSE_BYTES = 12_288;

/** Gives a response to the mechanism and does what it asks for. */
export function takeStep(
  session: SmtpSession,
  exchange: SaslExchange,
  response: Uint8Array | undefined,
): void | Promise<void> {
  const step = exchange.next(response);
  switch (step.kind) {
    case 'challenge':
      session.sasl = exchange;
      session.sink.expectLines(MAX_RESPONSE_BYTES);
      session.say(reply(334, undefined, encodeSaslBase64(step.octets)));
      return undefined;
    case 'malformed':
      endDialogue(session);
      throw new Refuse(replies.badResponse);
    case 'password':
      endDialogue(session);
      return logIn(session, step);
  }
}

/** A line while a mechanism waits for its response. */
export function takeResponse(session: SmtpSession, exchange: SaslExchange, line: Uint8Array): void | Promise<void> {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1');
  if (text === '*') {
    endDialogue(session);
    throw new Refuse(replies.authCancelled);
  }
  const response = decodeSaslBase64(text);
  if (!response.ok) {
    endDialogue(session);
    throw new Refuse(replies.badBase64);
  }
  return takeStep(session, exchange, response.value);
}

/** Lines are commands again. */
export function endDialogue(session: SmtpSession): void {
  session.sasl = undefined;
  session.sink.expectLines(session.options.limits.maxLineBytes);
}

/** spec/protocols.md sections 0.1, 0.2 and 3.2: attempts are counted before they are made, and cost more and more time. */
async function logIn(session: SmtpSession, given: SaslStep & { readonly kind: 'password' }): Promise<void> {
  const { services, peer, options } = session;
  const { slowAfterFailures, maxFailures, slowMs } = options.limits;
  if (!services.failures.attempt(peer.remoteAddress)) throw new Refuse(replies.tooManyFailures, true);
  const extra = session.failedLogins - slowAfterFailures;
  if (extra > 0) await session.sink.delay(extra * slowMs);
  if (given.authorizeAs !== '' && given.authorizeAs !== given.login) {
    fail(session, 'authorization identity differs');
    throw new Refuse(replies.badCredentials);
  }
  const outcome = await services.directory.checkPassword(given.login, given.password);
  if (outcome.ok) {
    services.failures.reset(peer.remoteAddress);
    session.failedLogins = 0;
    session.slow = false;
    session.idleCommands = 0;
    session.account = outcome.account;
    session.traceHead = undefined;
    session.unwatch ??= services.directory.watch(() => session.sink.post({ kind: 'directory-changed' }));
    session.log.info('logged in', { account: outcome.account.name, login: outcome.loginAddress });
    session.say(replies.authenticated);
    return;
  }
  if (outcome.reason === 'login-disabled') {
    // The credentials were right.
    services.failures.reset(peer.remoteAddress);
    session.log.info('login refused', { why: 'login disabled' });
    throw new Refuse(reply(525, '5.7.13', outcome.message));
  }
  fail(session, 'bad credentials');
  throw new Refuse(replies.badCredentials, session.failedLogins >= maxFailures);
}

function fail(session: SmtpSession, why: string): void {
  session.failedLogins++;
  if (session.failedLogins >= session.options.limits.slowAfterFailures) session.slow = true;
  session.log.info('login refused', { why, address: session.peer.remoteAddress, failures: session.failedLogins });
}
