import type { ChannelBinding, ScramDigest, ScramVerifier } from './scram-verifier.ts';

/** What the server's side of a mechanism asks for next. */
export type SaslStep =
  /** Send these octets (RFC 4422 section 3.4) and give the answer to `next`. */
  | { readonly kind: 'challenge'; readonly octets: Uint8Array }
  /** The client has said all: check this password. `authorizeAs` '' when the client did not ask for another identity. */
  | { readonly kind: 'password'; readonly authorizeAs: string; readonly login: string; readonly password: string }
  | SaslClaim
  /** The client has proved that it knows the password of which `storedKey` was kept: is that still so? */
  | { readonly kind: 'proven'; readonly login: string; readonly storedKey: Uint8Array }
  /** Whom the client's certificate stands for; `authorizeAs` '' when that is all it asks. */
  | { readonly kind: 'certificate'; readonly authorizeAs: string }
  | SaslToken
  /** A wrong proof, or a channel binding that does not fit this connection. */
  | { readonly kind: 'failed'; readonly why: 'proof' | 'binding' }
  | { readonly kind: 'malformed' };

/** Somebody says who they are and will prove it: from here on it counts as an attempt. */
export interface SaslClaim {
  readonly kind: 'claim';
  readonly authorizeAs: string;
  readonly login: string;
  readonly digest: ScramDigest;
  /** Give what is kept of the password, or made up for a login that is unknown; returns the challenge to send. */
  challenge(verifier: ScramVerifier): Uint8Array;
}

/** An access token of OAuth 2.0. RFC 7628. */
export interface SaslToken {
  readonly kind: 'token';
  /** '' when the client names nobody: then the token alone tells. */
  readonly login: string;
  readonly token: string;
  /** The token is not good: returns the report to send; whatever the client answers, the next step is `failed`. */
  refuse(configurationUrl: string): Uint8Array;
}

/** One exchange, seen from the server; knows octets only, base64 is the protocol's. */
export interface SaslExchange {
  /** Undefined: the client sent no initial response. */
  next(response: Uint8Array | undefined): SaslStep;
}

/** One mechanism: one file, one line in `mechanisms.ts`. */
export interface SaslMechanism {
  readonly name: string;
  readonly needs: SaslNeeds;
  /** `binding` of this connection, where there is one. */
  start(binding?: ChannelBinding): SaslExchange;
}

/** What a mechanism asks of the connection. `confidential`: the password crosses the wire. */
export type SaslNeeds = 'nothing' | 'confidential' | 'client-certificate' | 'channel-binding' | 'tokens';

/** What a connection has. */
export interface SaslLink {
  /** TLS is on, or the listener takes passwords without it. */
  readonly confidential: boolean;
  readonly clientCertificate: boolean;
  readonly binding: ChannelBinding | undefined;
  /** There is somebody who can tell what a token is worth. */
  readonly tokens?: boolean;
}

/** May the mechanism be used on this connection? Only such are announced. */
export function isUsable({ needs }: SaslMechanism, link: SaslLink): boolean {
  switch (needs) {
    case 'nothing':
      return true;
    case 'confidential':
      return link.confidential;
    case 'tokens':
      return link.confidential && link.tokens === true;
    case 'client-certificate':
      return link.clientCertificate;
    case 'channel-binding':
      return link.binding !== undefined;
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/** Text of a response: UTF-8 without NUL, at most `maxBytes` octets; undefined otherwise. */
export function decodeSaslText(octets: Uint8Array, maxBytes: number): string | undefined {
  if (octets.length > maxBytes || octets.includes(0)) return undefined;
  try {
    return strictUtf8.decode(octets);
  } catch {
    return undefined;
  }
}

/** The longest login and password that are looked at, octets. */
export const saslLimits = { maxLoginBytes: 1024, maxPasswordBytes: 1024 } as const;
