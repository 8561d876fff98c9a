import { ed25519Certificate } from '../net/client-certificate.ts';
import type { ClientTlsOptions, VerifyServer } from '../net/client-tls.ts';

/** A key that the server knows. */
export type ClientKey =
  /** PEM. */
  | { readonly certPem: string; readonly keyPem: string }
  /** 32 octets; the certificate is made from them. */
  | { readonly ed25519Seed: Uint8Array };

/** What the options of every client say of the server and of TLS. */
export interface ClientSecurity {
  /** Name or address to connect to. */
  readonly host: string;
  /** Whom the certificate has to name, and SNI; default `host`. */
  readonly serverName?: string;
  /** Default `pkix`; for `opportunistic` `none` (RFC 7435). */
  readonly verify?: VerifyServer;
  /** PEM of the authorities to trust instead of those that Node knows. */
  readonly ca?: string;
  readonly clientKey?: ClientKey;
  readonly minTlsVersion?: 'TLSv1.2' | 'TLSv1.3';
}

/** The options as TLS takes them; `verify` for those that say nothing of it. */
export function clientTlsOptions({ clientKey, ...options }: ClientSecurity, verify: VerifyServer): ClientTlsOptions {
  return {
    serverName: options.serverName ?? options.host,
    verify: options.verify ?? verify,
    ca: options.ca,
    minVersion: options.minTlsVersion,
    clientCertificate: clientKey && 'ed25519Seed' in clientKey ? ed25519Certificate(clientKey.ed25519Seed) : clientKey,
  };
}
