import type { LoginAttempt } from '../../directory/logins/login-attempt.ts';
import type { Session } from './session.ts';

/** What is written down of an attempt. */
export function attemptOf({ peer, tls, client }: Session, mechanism: string, login: string): LoginAttempt {
  const { remoteAddress, localAddress } = peer;
  return { protocol: 'imap', mechanism, login, remoteAddress, localAddress, tls: tls?.version, client };
}
