import { replies } from '../../wire/smtp/replies.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { resultOf } from '../../directory/logins/login-guard.ts';
import { attemptOf, enter } from './log-in.ts';
import type { SmtpSession } from './session.ts';

/**
 * TLS has just begun on submission. A certificate whose key is known has logged the client in; with any other the
 * connection ends: a program that uses a stray certificate should hear of it. spec/protocols.md section 3.1.
 */
export function admitCertificate(session: SmtpSession): void {
  const publicKey = session.tls?.peerPublicKey;
  if (publicKey === undefined || session.options.role !== 'submission') return;
  const { directory, failures } = session.services;
  const { remoteAddress } = session.peer;
  const outcome = directory.confirmTlsKey(publicKey, '');
  if (outcome.ok) {
    failures.reset(remoteAddress);
    enter(session, 'certificate', outcome);
    session.mayAuthenticate = true;
    return;
  }
  const login = directory.findTlsKey(publicKey)?.loginAddress ?? '';
  failures.failed(attemptOf(session, 'certificate', login), login === '' ? 'baduser' : resultOf(outcome));
  if (outcome.reason === 'login-disabled') {
    session.log.info('login refused', { mechanism: 'certificate', why: 'login disabled' });
    return session.leave(reply(525, '5.7.13', outcome.message));
  }
  const counted = failures.attempt(remoteAddress);
  session.log.info('login refused', { mechanism: 'certificate', why: 'unknown key', address: remoteAddress });
  session.leave(counted ? replies.unknownCertificate : replies.tooManyFailures);
}
