import type { Clock } from '../../base/clock.ts';
import type { TokenVerifier } from '../../base/token-verifier.ts';
import type { Log } from '../../base/log.ts';
import type { Directory } from '../../directory/directory.ts';
import type { LoginGuard } from '../../directory/logins/login-guard.ts';
import type { SenderDomains } from '../../receive/sender-domains.ts';
import type { ReceiveServices } from '../../receive/incoming.ts';
import type { Store } from '../../store/store.ts';
import type { Submit } from '../../submit/outgoing-message.ts';

/** What the SMTP face needs of the house. */
export interface SmtpServices {
  readonly store: Pick<Store, 'newSpool' | 'append'>;
  readonly directory: Directory;
  readonly failures: LoginGuard;
  /** The door out, for what is submitted and not captured. */
  readonly submit: Submit;
  /** Where BURL finds messages; without it there is no BURL. */
  readonly messages?: Pick<Store, 'findMailbox' | 'readAnnotations' | 'readEmails' | 'openMessage'> | undefined;
  /** Asked about MAIL FROM on port 25; without it no names are looked up (localserve). */
  readonly senderDomains?: SenderDomains | undefined;
  /** Sends what senders are told after their message was taken. */
  readonly reports?: ReceiveServices['reports'];
  /** Hears of bounces that come in. */
  readonly bounces?: ReceiveServices['bounces'];
  /** Who tells what an access token is worth; without it tokens are not taken. */
  readonly tokens?: TokenVerifier | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** What may reach a session from inside the server. */
export interface SmtpEvent {
  readonly kind: 'directory-changed';
}
