/** PEM: a key that the smarthost knows, with its certificate. */
export interface ClientKey {
  readonly certPem: string;
  readonly keyPem: string;
}

/** What a smarthost is told: a password, or an access token that another program keeps fresh in a file. */
export type SmarthostLogin =
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly tokenFile: string };

/** How a message leaves (spec section 6.6). */
export type Transport =
  /** To the MX hosts of the recipient's domain. */
  | { readonly kind: 'direct'; readonly name: string; readonly families?: 'ipv4' | 'ipv6' | 'both' }
  /** To our own accounts, through the door in. */
  | { readonly kind: 'local'; readonly name: 'local' }
  /** All to one host. */
  | {
      readonly kind: 'smarthost';
      readonly name: string;
      readonly host: string;
      readonly port: number;
      readonly tls: 'implicit' | 'starttls' | 'opportunistic' | 'none';
      /** Certificate checked against the authorities and `host`. */
      readonly verify: boolean;
      readonly login?: SmarthostLogin;
      readonly clientKey?: ClientKey;
    }
  /** To the MX hosts, through a SOCKS5 proxy (RFC 1928, 1929). */
  | {
      readonly kind: 'socks';
      readonly name: string;
      readonly host: string;
      readonly port: number;
      readonly ehloName?: string;
      readonly login?: { readonly username: string; readonly password: string };
    }
  /** Never: with this answer. */
  | { readonly kind: 'fail'; readonly name: string; readonly code: number; readonly text: string };
