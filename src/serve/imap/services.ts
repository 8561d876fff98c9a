import type { Clock } from '../../base/clock.ts';
import type { TokenVerifier } from '../../base/token-verifier.ts';
import type { Log } from '../../base/log.ts';
import type { Directory } from '../../directory/directory.ts';
import type { LoginGuard } from '../../directory/logins/login-guard.ts';
import type { Store } from '../../store/store.ts';

/** What IMAP sessions are built on. */
export interface ImapServices {
  readonly store: Store;
  readonly directory: Directory;
  readonly failures: LoginGuard;
  /** Who tells what an access token is worth; without it tokens are not taken. */
  readonly tokens?: TokenVerifier | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** Told to clients that ask with ID after login (RFC 2971). */
  readonly version: string;
}

/** What one listener allows. */
export interface ImapListenerOptions {
  /** STARTTLS is offered on connections without TLS. */
  readonly startTls: boolean;
  /** LOGIN and PLAIN also without TLS; only for loopback (contract: localserve). */
  readonly plaintextLogin: boolean;
  /** Largest message for APPEND, octets; announced as APPENDLIMIT (RFC 7889). */
  readonly maxMessageBytes: number;
  /** Messages that one command may work on; announced as MESSAGELIMIT (RFC 9738). Undefined: any number. */
  readonly messageLimit?: number | undefined;
}
