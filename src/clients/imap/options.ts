import type { ResponseLimits } from '../../wire/imap/response/response-reader.ts';
import type { ClientSecurity } from '../client-security.ts';

/** How long each step may take, ms. A response has to be whole by then, however slowly it drips. */
export interface ImapTimeouts {
  /** Until the connection (and implicit TLS) stands. */
  readonly connect: number;
  readonly greeting: number;
  /** From a command to its end; of commands that may answer much, from one response (or block of a literal) to the next. */
  readonly command: number;
  /** For TLS after STARTTLS; that of implicit TLS is part of `connect`. */
  readonly handshake: number;
  /** In IDLE, from one sign of life to the next; servers say something within half an hour (RFC 9051 section 5.4). */
  readonly idle: number;
}

export const defaultImapTimeouts: ImapTimeouts = {
  connect: 60_000,
  greeting: 60_000,
  command: 5 * 60_000,
  handshake: 60_000,
  idle: 29 * 60_000,
};

export interface ImapClientOptions extends ClientSecurity {
  readonly port: number;
  /** `implicit`: TLS from the first octet (RFC 8314); `starttls`: TLS or nothing; `none`: plain text. */
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly localAddress?: string;
  readonly timeouts?: Partial<ImapTimeouts>;
  readonly limits?: Partial<ResponseLimits>;
  /** Ends everything. */
  readonly signal?: AbortSignal;
}
