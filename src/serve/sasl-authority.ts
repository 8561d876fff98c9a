import type { TlsFacts } from '../base/conversation.ts';
import type { Log } from '../base/log.ts';
import type { TokenVerifier } from '../base/token-verifier.ts';
import type { Directory, LoginOutcome } from '../directory/directory.ts';
import type { LoginAttempt } from '../directory/logins/login-attempt.ts';
import type { LoginGuard } from '../directory/logins/login-guard.ts';
import { checkPassword } from './login-steps.ts';
import type { SaslLink } from '../wire/sasl/exchange.ts';
import type { SaslAuthority } from '../wire/sasl/sasl-login.ts';

/** A session of any face, as mechanisms see it. */
export interface SaslSession {
  readonly tls: TlsFacts | undefined;
  readonly log: Log;
  readonly services: {
    readonly directory: Pick<
      Directory,
      'checkPassword' | 'findScramVerifier' | 'confirmScram' | 'confirmTlsKey' | 'confirmToken'
    >;
    readonly failures: Pick<LoginGuard, 'takeBack' | 'failed' | 'isKnown'>;
    readonly tokens?: TokenVerifier | undefined;
  };
}

/** What is the face's own in an attempt. */
export interface AttemptOfFace {
  /** Counts the attempt and makes the client wait; throws when there were too many. */
  begin(login: string): Promise<void>;
  /** What is written down of it. */
  describe(login: string): LoginAttempt;
  /** To be thrown when the issuer of tokens does not answer: nobody's failure. */
  issuerUnavailable(): Error;
}

/** What the connection has that mechanisms may need. `confidential`: passwords may cross it. */
export function linkOf({ tls, services }: SaslSession, confidential: boolean): SaslLink {
  return {
    confidential,
    clientCertificate: tls?.peerPublicKey !== undefined,
    binding: tls?.channelBinding,
    tokens: services.tokens !== undefined,
  };
}

/** The directory and the issuer of tokens, as a mechanism asks them for this session. */
export function authorityOf(session: SaslSession, attempt: AttemptOfFace): SaslAuthority<LoginOutcome> {
  const { directory, tokens } = session.services;
  const { protocol } = attempt.describe('');
  const publicKey = session.tls?.peerPublicKey ?? new Uint8Array(0);
  return {
    begin: (login) => attempt.begin(login),
    findScramVerifier: (login, digest) => directory.findScramVerifier(login, digest),
    confirmScram: (login, storedKey) => directory.confirmScram(login, storedKey, protocol),
    confirmCertificate: (authorizeAs) => directory.confirmTlsKey(publicKey, authorizeAs),
    checkPassword: (login, password) => checkPassword(session, attempt.describe(login), password),
    checkToken: (login, token) => checkToken(session, attempt, login, token),
    configurationUrl: tokens?.configurationUrl ?? '',
  };
}

/** RFC 7628 section 3.2. Undefined: it is good for nobody here. */
async function checkToken(
  { services, log }: SaslSession,
  attempt: AttemptOfFace,
  login: string,
  token: string,
): Promise<LoginOutcome | undefined> {
  const { tokens, directory, failures } = services;
  const verdict = await tokens?.verify(token);
  if (verdict?.kind === 'valid') {
    const outcome = directory.confirmToken(verdict.address, login);
    if (outcome.ok || outcome.reason !== 'bad-credentials') return outcome;
  }
  const described = attempt.describe(login);
  const why = verdict?.kind === 'valid' ? 'of nobody here' : verdict?.why;
  log.info('token refused', { mechanism: described.mechanism, why });
  if (verdict?.kind !== 'unavailable') return undefined;
  failures.takeBack(described.remoteAddress);
  failures.failed(described, 'error');
  throw attempt.issuerUnavailable();
}
