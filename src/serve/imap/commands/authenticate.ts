import type { LoginOutcome } from '../../../directory/directory.ts';
import { isUsable } from '../../../wire/sasl/exchange.ts';
import type { SaslMechanism, SaslToken } from '../../../wire/sasl/exchange.ts';
import { decodeInitialResponse, decodeSaslBase64, encodeSaslBase64 } from '../../../wire/sasl/sasl-base64.ts';
import { command } from '../command.ts';
import { beginAttempt, countFailure, endAttempt, failAttempt, requireOwnIdentity } from '../login.ts';
import { attemptOf } from '../login-attempt.ts';
import { linkOf, mechanisms } from '../mechanism-table.ts';
import { Bad, No } from '../refusal.ts';
import type { Done, Reply } from '../respond.ts';
import type { Session } from '../session.ts';

/** AUTHENTICATE. RFC 9051 section 6.2.2; initial response RFC 4959 section 3. */
export const authenticate = command({
  name: 'AUTHENTICATE',
  states: ['not-authenticated'],
  capabilities: [
    'SASL-IR',
    ...mechanisms.map(
      (one) => (session: Session) =>
        session.account === undefined && isUsable(one, linkOf(session)) ? `AUTH=${one.name}` : undefined,
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
    const mechanism = mechanisms.find((one) => one.name === name);
    if (mechanism === undefined) throw new No('no such mechanism', 'CANNOT');
    requireLink(session, mechanism);
    return exchange(session, mechanism, initial, reply);
  },
});

/** RFC 4422 section 3. From a claim on, whatever goes wrong is a failed login. */
async function exchange(
  session: Session,
  mechanism: SaslMechanism,
  initial: Uint8Array | undefined,
  reply: Reply,
): Promise<Done> {
  const server = mechanism.start(linkOf(session).binding);
  const { directory } = session.services;
  const { name } = mechanism;
  const publicKey = session.tls?.peerPublicKey ?? new Uint8Array(0);
  let response = initial;
  let claimed: string | undefined;
  try {
    for (;;) {
      const step = server.next(response);
      switch (step.kind) {
        case 'challenge':
          response = await challenge(session, step.octets, reply);
          break;
        case 'claim':
          await beginAttempt(session, name, step.login);
          claimed = step.login;
          requireOwnIdentity(session, name, step.authorizeAs, step.login);
          response = await challenge(
            session,
            step.challenge(directory.findScramVerifier(step.login, step.digest)),
            reply,
          );
          break;
        case 'proven':
          return endAttempt(session, name, step.login, directory.confirmScram(step.login, step.storedKey, 'imap'));
        case 'certificate':
          await beginAttempt(session, name, step.authorizeAs);
          return endAttempt(session, name, step.authorizeAs, directory.confirmTlsKey(publicKey, step.authorizeAs));
        case 'password':
          await beginAttempt(session, name, step.login);
          requireOwnIdentity(session, name, step.authorizeAs, step.login);
          return endAttempt(
            session,
            name,
            step.login,
            await directory.checkPassword(step.login, step.password, 'imap'),
          );
        case 'token': {
          await beginAttempt(session, name, step.login);
          const outcome = await checkToken(session, name, step);
          if (outcome.ok || outcome.reason !== 'bad-credentials') return endAttempt(session, name, step.login, outcome);
          claimed = step.login;
          response = await challenge(session, step.refuse(session.services.tokens?.configurationUrl ?? ''), reply);
          break;
        }
        case 'failed':
          throw failAttempt(session, name, claimed ?? '', step.why === 'binding' ? 'badchanbind' : 'badpassword');
        case 'malformed':
          throw new Bad(`not a message of ${name}`);
        default:
          return step satisfies never;
      }
    }
  } catch (error) {
    if (error instanceof Bad && claimed !== undefined) countFailure(session, name, claimed, 'aborted');
    throw error;
  }
}

/** @throws No when the issuer cannot be asked; that is nobody's failure. */
async function checkToken(session: Session, mechanism: string, { login, token }: SaslToken): Promise<LoginOutcome> {
  const { tokens, directory, failures } = session.services;
  const verdict = await tokens?.verify(token);
  if (verdict?.kind === 'valid') return directory.confirmToken(verdict.address, login);
  session.log.info('token refused', { mechanism, why: verdict?.why });
  if (verdict?.kind !== 'unavailable') return { ok: false, reason: 'bad-credentials' };
  failures.reset(session.peer.remoteAddress);
  failures.failed(attemptOf(session, mechanism, login), 'error');
  throw new No('the issuer of tokens cannot be asked now, try again later', 'UNAVAILABLE');
}

/** spec/protocols.md section 3.2. */
function requireLink(session: Session, mechanism: SaslMechanism): void {
  if (isUsable(mechanism, linkOf(session))) return;
  if (session.tls === undefined) throw new No('turn on TLS first', 'PRIVACYREQUIRED');
  if (mechanism.needs === 'client-certificate') throw new No('no client certificate', 'AUTHENTICATIONFAILED');
  throw new No('not on this connection', 'CANNOT');
}

async function challenge(session: Session, octets: Uint8Array, reply: Reply): Promise<Uint8Array> {
  reply.write(`+ ${encodeSaslBase64(octets)}\r\n`);
  const line = await session.input.line();
  if (line === '*') throw new Bad('cancelled');
  const response = decodeSaslBase64(line);
  if (!response.ok) throw new Bad('not base64');
  return response.value;
}
