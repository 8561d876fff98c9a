import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { TokenVerifier } from '../../base/token-verifier.ts';
import type { Directory } from '../../directory/directory.ts';
import type { LoginGuard } from '../../directory/logins/login-guard.ts';
import type { Store } from '../../store/store.ts';

/** What POP3 sessions are built on. */
export interface Pop3Services {
  readonly store: Pick<Store, 'findMailbox' | 'readEmails' | 'openMessage' | 'expunge'>;
  readonly directory: Pick<
    Directory,
    | 'checkPassword'
    | 'findScramVerifier'
    | 'confirmScram'
    | 'findTlsKey'
    | 'confirmTlsKey'
    | 'confirmToken'
    | 'mayStay'
    | 'watch'
  >;
  readonly failures: LoginGuard;
  /** Who tells what an access token is worth; without it tokens are not taken. */
  readonly tokens?: TokenVerifier | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Told after login (RFC 2449 section 6.9). */
  readonly version: string;
}

/** What one listener allows. */
export interface Pop3ListenerOptions {
  /** STLS is offered on connections without TLS. */
  readonly startTls: boolean;
  /** Passwords also without TLS; only for loopback. */
  readonly plaintextLogin: boolean;
}

/** Something from inside the server that a session should look at. */
export type Pop3Event = 'directory-changed';
