export type ScramDigest = 'sha1' | 'sha256';

/** What a server keeps instead of a password. RFC 5802 section 3. */
export interface ScramVerifier {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/**
 * Data that binds a login to its TLS connection, by type (`tls-exporter`, RFC 9266); undefined for types that it does not
 * have. The function itself is undefined where no mechanism with a binding is offered.
 */
export type ChannelBinding = (type: string) => Uint8Array | undefined;
