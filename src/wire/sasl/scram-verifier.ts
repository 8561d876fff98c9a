export type ScramDigest = 'sha1' | 'sha256';

export interface ScramKeys {
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** What a server keeps instead of a password. RFC 5802 section 3. */
export interface ScramVerifier extends ScramKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Of further passwords of the same login, all with this salt: a proof by any of them is good. */
  readonly others?: readonly ScramKeys[];
}

/**
 * Data that binds a login to its TLS connection, by type (`tls-exporter`, RFC 9266); undefined for types that it does not
 * have. The function itself is undefined where no mechanism with a binding is offered.
 */
export type ChannelBinding = (type: string) => Uint8Array | undefined;
