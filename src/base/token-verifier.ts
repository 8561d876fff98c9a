/** What an access token says, once its issuer's signature, audience and dates hold. */
export type TokenVerdict =
  /** `address`: whom the token is for, as the issuer names it. */
  | { readonly kind: 'valid'; readonly address: string }
  /** `why` is for the log. */
  | { readonly kind: 'invalid'; readonly why: string }
  /** The issuer's keys cannot be had now: trying again later may work. */
  | { readonly kind: 'unavailable'; readonly why: string };

/** The seam between logins with tokens (RFC 7628) and whoever knows the issuer. */
export interface TokenVerifier {
  /** Where clients learn of the issuer: the address of its OpenID configuration. */
  readonly configurationUrl: string;
  /** Never throws. */
  verify(token: string): Promise<TokenVerdict>;
}
