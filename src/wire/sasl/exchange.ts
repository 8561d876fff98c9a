/** What the server's side of a mechanism asks for next. */
export type SaslStep =
  /** Send these octets (RFC 4422 section 3.4) and give the answer to `next`. */
  | { readonly kind: 'challenge'; readonly octets: Uint8Array }
  /** The client has said all: check this password. `authorizeAs` '' when the client did not ask for another identity. */
  | { readonly kind: 'password'; readonly authorizeAs: string; readonly login: string; readonly password: string }
  | { readonly kind: 'malformed' };

/** One exchange, seen from the server; knows octets only, base64 is the protocol's. */
export interface SaslExchange {
  /** Undefined: the client sent no initial response. */
  next(response: Uint8Array | undefined): SaslStep;
}

/** One mechanism: one file, one line in `mechanisms.ts`. */
export interface SaslMechanism {
  readonly name: string;
  /** The password crosses the wire: only under TLS. */
  readonly plaintext: boolean;
  start(): SaslExchange;
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
