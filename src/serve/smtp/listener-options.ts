import type { AccountId } from '../../store/ids.ts';
import type { SmtpPolicy } from './policy.ts';

/** Limits of one session. The defaults are met by no normal client. */
export interface SmtpLimits {
  /** SIZE (RFC 1870), octets. */
  readonly maxMessageBytes: number;
  /** Per message; told as RCPTMAX (RFC 9422). */
  readonly maxRecipients: number;
  /** Of a command line with its end, octets. */
  readonly maxLineBytes: number;
  /** Commands that are wrong, until the connection is closed. */
  readonly maxErrors: number;
  /** Recipients refused, until the connection is closed. */
  readonly maxRefusedRecipients: number;
  /** Commands that lead nowhere between two messages: NOOP, RSET, EHLO, empty chunks, senders that are refused, … */
  readonly maxIdleCommands: number;
  /** Refused messages on port 25 without one that was taken. */
  readonly maxBadTransactions: number;
  /** Failed logins of one connection until it is slowed down, and until it is closed. */
  readonly slowAfterFailures: number;
  readonly maxFailures: number;
  /** Received fields in a message; more mean a loop. */
  readonly maxReceived: number;
  /** How far ahead a later release may be (RFC 4865), seconds. */
  readonly maxHoldSeconds: number;
  /** Silence while we wait for a command (RFC 5321 section 4.5.3.2.7: at least 5 minutes). */
  readonly idleMs: number;
  /** A whole message, from DATA or the first BDAT to its end. */
  readonly dataMs: number;
  /** Before the answer when all recipients are unknown. */
  readonly unknownPauseMs: number;
  /** Before each command of a client that is slowed down. */
  readonly slowMs: number;
}

export const defaultSmtpLimits: SmtpLimits = {
  maxMessageBytes: 104_857_600,
  maxRecipients: 1000,
  maxLineBytes: 2048,
  maxErrors: 20,
  maxRefusedRecipients: 1000,
  maxIdleCommands: 100,
  maxBadTransactions: 10,
  slowAfterFailures: 3,
  maxFailures: 10,
  maxReceived: 100,
  maxHoldSeconds: 5_184_000,
  idleMs: 300_000,
  dataMs: 1_800_000,
  unknownPauseMs: 5000,
  slowMs: 1000,
};

export interface SmtpListenerOptions {
  /** `mx`: from the internet, for our recipients, never with a login. `submission`: from our accounts, after a login. */
  readonly role: 'mx' | 'submission';
  /** Our name in the greeting, in EHLO and in Received. */
  readonly hostname: string;
  /** `required`: no message and no login before STARTTLS. `none` also where TLS is implicit. */
  readonly startTls: 'none' | 'offered' | 'required';
  /** Passwords in the clear are taken without TLS; only for loopback. */
  readonly allowPlaintextAuth: boolean;
  readonly limits: SmtpLimits;
  /** Answers by local part, for tests of clients (localserve). */
  readonly policy: SmtpPolicy | undefined;
  /** Mail to any address is filed into this account, whatever From says (localserve). */
  readonly capture: { readonly account: AccountId } | undefined;
}

/** Fills in the defaults. */
export function smtpListenerOptions(
  given: Pick<SmtpListenerOptions, 'role' | 'hostname'> &
    Partial<Omit<SmtpListenerOptions, 'limits'>> & { readonly limits?: Partial<SmtpLimits> },
): SmtpListenerOptions {
  return {
    startTls: 'none',
    allowPlaintextAuth: false,
    policy: undefined,
    capture: undefined,
    ...given,
    limits: { ...defaultSmtpLimits, ...given.limits },
  };
}
