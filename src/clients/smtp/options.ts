import type { SocksProxy } from '../../net/socks.ts';
import type { ClientSecurity } from '../client-security.ts';
import type { SmtpTimeouts } from './timeouts.ts';

/**
 * `implicit`: TLS from the first octet (RFC 8314); `starttls`: TLS or nothing; `opportunistic`: TLS where it is offered and the
 * handshake succeeds as `verify` wants; `none`: plain text.
 */
export type TlsMode = 'implicit' | 'starttls' | 'opportunistic' | 'none';

export interface SmtpClientOptions extends ClientSecurity {
  readonly port: number;
  readonly tls: TlsMode;
  /** Our name in EHLO: a domain name or `[192.0.2.1]`. */
  readonly ehloName: string;
  readonly localAddress?: string;
  /** Connect through this SOCKS5 proxy (RFC 1928). */
  readonly proxy?: SocksProxy;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** Ends everything. */
  readonly signal?: AbortSignal;
}
