import type { LoginOutcome } from '../../../directory/directory.ts';
import { isUsable } from '../../../wire/sasl/exchange.ts';
import type { SaslMechanism } from '../../../wire/sasl/exchange.ts';
import { mechanismsBesideLogin } from '../../../wire/sasl/mechanisms.ts';
import { decodeInitialResponse, encodeSaslBase64 } from '../../../wire/sasl/sasl-base64.ts';
import { SaslLogin } from '../../../wire/sasl/sasl-login.ts';
import { failureOf } from '../../login-steps.ts';
import { authorityOf, linkOf } from '../../sasl-authority.ts';
import { command } from '../command.ts';
import { beginAttempt, countFailure, endAttempt, failAttempt } from '../login.ts';
import { attemptOf } from '../login-attempt.ts';
import { Bad, ConnectionEnded, No } from '../refusal.ts';
import type { Done, Reply } from '../respond.ts';
import type { Session } from '../session.ts';

/** AUTHENTICATE. RFC 9051 sections 6.1.1 and 6.2.2; initial response RFC 4959 section 3. */
export const authenticate = command({
  name: 'AUTHENTICATE',
  states: ['not-authenticated'],
  capabilities: [
    'SASL-IR',
    ...mechanismsBesideLogin.map(
      (one) => (session: Session) =>
        session.account === undefined && isUsable(one, linkOf(session, session.mayLogin))
          ? `AUTH=${one.name}`
          : undefined,
    ),
  ],
  tells: 'nothing',
  parse(r) {
    r.expectSpace();
    const name = r.expectKeyword();
    if (!r.takeSpace()) return { name, initial: undefined };
    const at = r.at;
    const initial = decodeInitialResponse(r.expectToken());
    return { name, initial: initial.ok ? initial.value : r.fail('base64', at) };
  },
  run(session, { name, initial }, reply) {
    const mechanism = mechanismsBesideLogin.find((one) => one.name === name);
    if (mechanism === undefined) throw new No('no such mechanism', 'CANNOT');
    requireLink(session, mechanism);
    return exchange(session, mechanism, initial, reply);
  },
});

/** From a claim on, whatever goes wrong is a failed login. */
async function exchange(
  session: Session,
  mechanism: SaslMechanism,
  initial: Uint8Array | undefined,
  reply: Reply,
): Promise<Done> {
  const { name } = mechanism;
  const login = openLogin(session, mechanism);
  try {
    let step = await login.next(initial);
    while (step.kind === 'challenge') {
      reply.write(`+ ${encodeSaslBase64(step.octets)}\r\n`);
      step = await login.answer(await session.input.line());
    }
    switch (step.kind) {
      case 'outcome':
        return endAttempt(session, name, step.login, step.outcome);
      case 'failed':
        if (step.why !== 'identity') throw failAttempt(session, name, step.login, failureOf(step.why));
        countFailure(session, name, step.login, failureOf(step.why));
        // RFC 5530 section 3.
        throw new No('not for another user', 'AUTHORIZATIONFAILED');
      case 'malformed':
        throw new Bad(malformedTexts[step.why] ?? `not a message of ${name}`);
      default:
        return step satisfies never;
    }
  } catch (error) {
    const isGivenUp = error instanceof Bad || (error instanceof ConnectionEnded && !error.byServer);
    if (isGivenUp && login.claimed) countFailure(session, name, login.login, 'aborted');
    throw error;
  }
}

const malformedTexts: Readonly<Record<string, string | undefined>> = { cancelled: 'cancelled', base64: 'not base64' };

function openLogin(session: Session, mechanism: SaslMechanism): SaslLogin<LoginOutcome> {
  const { name } = mechanism;
  const authority = authorityOf(session, {
    begin: (login) => beginAttempt(session, name, login),
    describe: (login) => attemptOf(session, name, login),
    issuerUnavailable: () => new No('the issuer of tokens cannot be asked now, try again later', 'UNAVAILABLE'),
  });
  return new SaslLogin(mechanism, linkOf(session, session.mayLogin), authority);
}

/** spec/protocols.md section 3.2. */
function requireLink(session: Session, mechanism: SaslMechanism): void {
  if (isUsable(mechanism, linkOf(session, session.mayLogin))) return;
  if (session.tls === undefined) throw new No('turn on TLS first', 'PRIVACYREQUIRED');
  if (mechanism.needs === 'client-certificate') throw new No('no client certificate', 'AUTHENTICATIONFAILED');
  throw new No('not on this connection', 'CANNOT');
}
