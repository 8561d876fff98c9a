import type { LoginOutcome } from '../../directory/directory.ts';
import type { LoginAttempt } from '../../directory/logins/login-attempt.ts';
import { replies } from '../../wire/smtp/replies.ts';
import { reply } from '../../wire/smtp/reply.ts';
import { admitAttempt, judgeOutcome } from '../login-steps.ts';
import type { LoginFailure } from '../login-steps.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/**
 * Before any credential is looked at: attempts are counted before they are made, and cost more and more time.
 * spec/protocols.md sections 0.1 and 0.2.
 * @throws Refuse after too many from this network
 */
export async function beginAttempt(session: SmtpSession, mechanism: string, login: string): Promise<void> {
  const { slowAfterFailures, slowMs } = session.options.limits;
  const sessionMs = (session.failedLogins - slowAfterFailures) * slowMs;
  if (await admitAttempt(session, attemptOf(session, mechanism, login), sessionMs)) return;
  throw new Refuse(replies.tooManyFailures, true);
}

/** What is written down of an attempt. */
export function attemptOf({ peer, tls, hello }: SmtpSession, mechanism: string, login: string): LoginAttempt {
  const { remoteAddress, localAddress } = peer;
  const client = hello?.name;
  return { protocol: 'submission', mechanism, login, remoteAddress, localAddress, tls: tls?.version, client };
}

/** The end of an attempt: the session has an account, or the client is refused. @throws Refuse */
export function endAttempt(session: SmtpSession, mechanism: string, login: string, outcome: LoginOutcome): void {
  const verdict = judgeOutcome(session, attemptOf(session, mechanism, login), outcome);
  switch (verdict.kind) {
    case 'enter':
      enter(session, mechanism, verdict.outcome);
      session.say(replies.authenticated);
      return;
    case 'disabled':
      session.log.info('login refused', { mechanism, why: 'login disabled' });
      throw new Refuse(reply(525, '5.7.13', verdict.message));
    case 'failed':
      throw failAttempt(session, mechanism, login, verdict.result);
    default:
      return verdict satisfies never;
  }
}

/** Counts the failure; throw what it returns. */
export function failAttempt(session: SmtpSession, mechanism: string, login: string, result: LoginFailure): Refuse {
  countFailure(session, mechanism, login, result);
  const answer = result === 'badchanbind' ? replies.badBinding : replies.badCredentials;
  return new Refuse(answer, session.failedLogins >= session.options.limits.maxFailures);
}

/** One more that was begun and did not succeed. */
export function countFailure(session: SmtpSession, mechanism: string, login: string, result: LoginFailure): void {
  session.failedLogins++;
  if (session.failedLogins >= session.options.limits.slowAfterFailures) session.slow = true;
  session.services.failures.failed(attemptOf(session, mechanism, login), result);
  const { remoteAddress: address } = session.peer;
  session.log.info('login refused', { mechanism, why: result, address, failures: session.failedLogins });
}

/** From now on the session has an account. */
export function enter(
  session: SmtpSession,
  mechanism: string,
  { account, loginAddress, proof }: LoginOutcome & { ok: true },
): void {
  session.services.failures.succeeded(attemptOf(session, mechanism, loginAddress), { account, proof });
  session.failedLogins = 0;
  session.slow = false;
  session.idleCommands = 0;
  session.account = account;
  session.proof = proof;
  session.mayAuthenticate = false;
  session.traceHead = undefined;
  session.expectCommands();
  session.unwatch ??= session.services.directory.watch(() => session.sink.post({ kind: 'directory-changed' }));
  session.log.info('logged in', { mechanism, account: account.name, login: loginAddress });
}
