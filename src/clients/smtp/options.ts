import type { VerifyServer } from '../../net/client-tls.ts';
import type { SocksProxy } from '../../net/socks.ts';
import type { SmtpTimeouts } from './timeouts.ts';

/**
 * `implicit`: TLS from the first octet (RFC 8314); `starttls`: TLS or nothing; `opportunistic`: TLS where it is offered and the
 * handshake succeeds as `verify` wants; `none`: plain text.
 */
export type TlsMode = 'implicit' | 'starttls' | 'opportunistic' | 'none';

/** A key that the server knows. */
export type ClientKey =
  /** PEM. */
  | { readonly certPem: string; readonly keyPem: string }
  /** 32 octets; the certificate is made from them. */
  | { readonly ed25519Seed: Uint8Array };

export interface SmtpClientOptions {
  /** Name or address to connect to. */
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
  /** Whom the certificate has to name, and SNI; default `host`. */
  readonly serverName?: string;
  /** Default `pkix`; for `opportunistic` `none` (RFC 7435). */
  readonly verify?: VerifyServer;
  /** PEM of the authorities to trust instead of those that Node knows. */
  readonly ca?: string;
  readonly clientKey?: ClientKey;
  readonly minTlsVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Our name in EHLO: a domain name or `[192.0.2.1]`. */
  readonly ehloName: string;
  readonly localAddress?: string;
  /** Connect through this SOCKS5 proxy (RFC 1928). */
  readonly proxy?: SocksProxy;
  readonly timeouts?: Partial<SmtpTimeouts>;
  /** Ends everything. */
  readonly signal?: AbortSignal;
}
