import type { Sink, TlsFacts } from '../base/conversation.ts';
import type { Account, Directory, LoginOutcome } from '../directory/directory.ts';
import type { LoginAttempt, LoginResult } from '../directory/logins/login-attempt.ts';
import { resultOf } from '../directory/logins/login-guard.ts';
import type { LoginGuard } from '../directory/logins/login-guard.ts';

/** What an attempt that is written down as failed came to. */
export type LoginFailure = Exclude<LoginResult, 'ok'>;

/** A session of any face, as logins see it. */
export interface LoginSession {
  readonly tls: TlsFacts | undefined;
  readonly sink: Pick<Sink, 'delay'>;
  readonly services: {
    readonly directory: Pick<Directory, 'findTlsKey' | 'mayStay'>;
    readonly failures: LoginGuard;
  };
}

/** The same, where passwords are checked. */
export interface PasswordSession {
  readonly services: {
    readonly directory: Pick<Directory, 'checkPassword'>;
    readonly failures: Pick<LoginGuard, 'isKnown'>;
  };
}

/**
 * Counts an attempt before any credential is looked at, and makes the client wait: as long as its login has to, but no less
 * than `sessionMs`. False: it must not be made, and the connection should close. spec/protocols.md sections 0.1 and 0.2.
 */
export async function admitAttempt(session: LoginSession, attempt: LoginAttempt, sessionMs: number): Promise<boolean> {
  const { failures } = session.services;
  const loginMs = failures.delayMs(attempt.remoteAddress, attempt.login);
  if (loginMs === undefined || !failures.attempt(attempt.remoteAddress)) {
    failures.failed(attempt, 'limited');
    return false;
  }
  const delayMs = Math.max(loginMs, sessionMs);
  if (delayMs > 0) await session.sink.delay(delayMs);
  return true;
}

/** The password of an attempt that was admitted, by those who keep it. */
export function checkPassword(
  { services: { directory, failures } }: PasswordSession,
  { login, protocol, remoteAddress }: LoginAttempt,
  password: string,
): Promise<LoginOutcome> {
  return directory.checkPassword(login, password, protocol, failures.isKnown(remoteAddress, login));
}

/** What a face has to do with the outcome of an attempt. */
export type LoginVerdict =
  | { readonly kind: 'enter'; readonly outcome: LoginOutcome & { readonly ok: true } }
  /** The credentials were right; it is written down already. */
  | { readonly kind: 'disabled'; readonly message: string }
  /** To be counted. */
  | { readonly kind: 'failed'; readonly result: LoginFailure };

/**
 * Unknown name, alias and wrong password come to the same. Somebody with a certificate is of its key's account or nobody, and
 * what was proved has to count still: the directory may have changed while the client waited. spec/protocols.md section 3.1.
 */
export function judgeOutcome(session: LoginSession, attempt: LoginAttempt, outcome: LoginOutcome): LoginVerdict {
  const { failures, directory } = session.services;
  if (outcome.ok) {
    if (!fitsCertificate(session, outcome.account)) return { kind: 'failed', result: 'badcreds' };
    if (!directory.mayStay(outcome.account, outcome.proof)) return { kind: 'failed', result: 'badpassword' };
    failures.reset(attempt.remoteAddress);
    return { kind: 'enter', outcome };
  }
  if (outcome.reason !== 'login-disabled') return { kind: 'failed', result: resultOf(outcome) };
  failures.reset(attempt.remoteAddress);
  failures.failed(attempt, resultOf(outcome));
  return { kind: 'disabled', message: outcome.message };
}

/** No certificate, or one whose key (still) belongs to this account; without an account: to any. spec/protocols.md section 3.1. */
export function fitsCertificate({ tls, services }: LoginSession, account: Account | undefined): boolean {
  if (tls?.peerPublicKey === undefined) return true;
  const key = services.directory.findTlsKey(tls.peerPublicKey);
  return key !== undefined && (account === undefined || key.account.id === account.id);
}

/** Why an exchange of SASL failed, for the log of logins. */
export function failureOf(why: 'proof' | 'binding' | 'identity'): LoginFailure {
  if (why === 'proof') return 'badpassword';
  return why === 'binding' ? 'badchanbind' : 'badcreds';
}
