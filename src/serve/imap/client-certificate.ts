import type { LoginOutcome } from '../../directory/directory.ts';
import { resultOf } from '../../directory/logins/login-guard.ts';
import { attemptOf } from './login-attempt.ts';
import type { Session } from './session.ts';

/** What the client's certificate means for the connection, when TLS has just begun. */
export type CertificateVerdict =
  | { readonly kind: 'go-on' }
  | { readonly kind: 'preauth'; readonly outcome: LoginOutcome & { readonly ok: true } }
  | { readonly kind: 'refused'; readonly text: string; readonly code: string | undefined };

const goOn: CertificateVerdict = { kind: 'go-on' };

/**
 * A certificate whose key is known logs the client in: at once where TLS is there from the start, unless the key is not for
 * that; by EXTERNAL otherwise. With any other certificate the connection ends: a program that uses a stray one should hear
 * of it. spec/protocols.md section 3.1.
 */
export function judgeCertificate(session: Session, isGreeting: boolean): CertificateVerdict {
  const publicKey = session.tls?.peerPublicKey;
  if (publicKey === undefined) return goOn;
  const { directory, failures } = session.services;
  const { remoteAddress } = session.peer;
  const key = directory.findTlsKey(publicKey);
  if (key === undefined) {
    failures.attempt(remoteAddress);
    failures.failed(attemptOf(session, 'certificate', ''), 'baduser');
    session.log.info('login failed', { mechanism: 'certificate', reason: 'unknown key', remoteAddress });
    return { kind: 'refused', text: 'nobody logs in with the key of this certificate', code: 'ALERT' };
  }
  if (!isGreeting || !key.imapPreauth) return goOn;
  const outcome = directory.confirmTlsKey(publicKey, '');
  if (outcome.ok) {
    failures.reset(remoteAddress);
    return { kind: 'preauth', outcome };
  }
  failures.failed(attemptOf(session, 'certificate', key.loginAddress), resultOf(outcome));
  session.log.info('login refused', { mechanism: 'certificate', reason: outcome.reason });
  const text = outcome.reason === 'login-disabled' ? outcome.message : 'bad credentials';
  return { kind: 'refused', text, code: 'ALERT' };
}
