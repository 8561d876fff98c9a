import type { LoginOutcome } from '../../directory/directory.ts';
import type { LoginAttempt } from '../../directory/logins/login-attempt.ts';
import { admitAttempt, fitsCertificate, judgeOutcome } from '../login-steps.ts';
import type { LoginFailure } from '../login-steps.ts';
import { openMaildrop } from './maildrop.ts';
import { Refuse } from './refuse.ts';
import type { Pop3Session } from './session.ts';

/** Failed logins on one connection: from this one on each costs a wait (spec/protocols.md section 0.2), at the last it closes. */
const slowFrom = 3;
const maxFailures = 10;
const maxDelayMs = 10_000;

/** Silence in the transaction state: RFC 1939 section 3 asks for at least ten minutes. */
const transactionMs = 10 * 60_000;

/** Counts an attempt before any credential is looked at, and makes the client wait. @throws Refuse when there were too many. */
export async function beginAttempt(session: Pop3Session, mechanism: string, name: string): Promise<void> {
  const sessionMs = Math.max(0, session.failedLogins - slowFrom + 1) * 1000;
  if (await admitAttempt(session, attemptOf(session, mechanism, name), Math.min(maxDelayMs, sessionMs))) return;
  throw tooManyFailures();
}

/** What is written down of an attempt. */
export function attemptOf({ peer, tls }: Pop3Session, mechanism: string, login: string): LoginAttempt {
  const { remoteAddress, localAddress } = peer;
  return { protocol: 'pop3', mechanism, login, remoteAddress, localAddress, tls: tls?.version };
}

export function tooManyFailures(): Refuse {
  return new Refuse('too many failed logins, try again later', { code: 'SYS/TEMP', close: true });
}

/**
 * The one way into an account. Unknown name, alias and wrong password give the same answer (RFC 3206 section 4, AUTH); the
 * directory takes the same time for all.
 * @throws Refuse
 */
export async function endAttempt(
  session: Pop3Session,
  mechanism: string,
  name: string,
  outcome: LoginOutcome,
): Promise<void> {
  const verdict = judgeOutcome(session, attemptOf(session, mechanism, name), outcome);
  switch (verdict.kind) {
    case 'enter':
      return enter(session, mechanism, verdict.outcome);
    case 'disabled':
      session.log.info('login refused', { mechanism, reason: 'login-disabled' });
      throw new Refuse(verdict.message, { code: 'SYS/PERM' });
    case 'failed':
      throw failAttempt(session, mechanism, name, verdict.result);
    default:
      return verdict satisfies never;
  }
}

/** One more that was begun and did not succeed; throw what it returns. */
export function failAttempt(session: Pop3Session, mechanism: string, name: string, result: LoginFailure): Refuse {
  session.failedLogins++;
  session.services.failures.failed(attemptOf(session, mechanism, name), result);
  session.userName = undefined;
  session.log.info('login failed', { mechanism, name: name.slice(0, 100), remoteAddress: session.peer.remoteAddress });
  return new Refuse('bad credentials', { code: 'AUTH', close: session.failedLogins >= maxFailures });
}

async function enter(
  session: Pop3Session,
  mechanism: string,
  { account, loginAddress, proof }: LoginOutcome & { readonly ok: true },
): Promise<void> {
  const { services, sink } = session;
  const maildrop = await openMaildrop(services.store, account.id);
  // What was proved may have been taken back meanwhile, and nobody watched.
  if (!services.directory.mayStay(account, proof)) throw failAttempt(session, mechanism, loginAddress, 'badpassword');
  session.account = account;
  session.proof = proof;
  session.maildrop = maildrop;
  session.failedLogins = 0;
  session.expectCommands();
  services.failures.succeeded(attemptOf(session, mechanism, loginAddress), { account, proof });
  session.log = session.log.with({ account: account.name });
  session.log.info('logged in', { mechanism, address: loginAddress });
  session.unwatch = services.directory.watch(() => sink.post('directory-changed'));
  sink.idleLimit(transactionMs);
  session.ok(`${maildrop.count} messages`);
}

/** The account is there and may still log in, with what it was proved with and with the client's certificate. */
export function mayStay(session: Pop3Session): boolean {
  const { account, proof } = session;
  if (account === undefined || proof === undefined) return true;
  return session.services.directory.mayStay(account, proof) && fitsCertificate(session, account);
}

/**
 * TLS has just begun. With a certificate that nobody added the connection ends: a program that uses a stray one should hear
 * of it. spec/protocols.md section 3.1. One that is known logs in by EXTERNAL. False: the session was left.
 */
export function admitCertificate(session: Pop3Session): boolean {
  const publicKey = session.tls?.peerPublicKey;
  if (publicKey === undefined || session.services.directory.findTlsKey(publicKey) !== undefined) return true;
  const { remoteAddress } = session.peer;
  session.services.failures.attempt(remoteAddress);
  session.services.failures.failed(attemptOf(session, 'certificate', ''), 'baduser');
  session.log.info('login failed', { mechanism: 'certificate', reason: 'unknown key', remoteAddress });
  session.leave(new Refuse('nobody logs in with the key of this certificate', { code: 'AUTH' }));
  return false;
}
