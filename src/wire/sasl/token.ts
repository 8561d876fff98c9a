import { decodeSaslText, saslLimits } from './exchange.ts';
import type { SaslExchange, SaslMechanism, SaslStep } from './exchange.ts';
import { decodeSaslName } from './sasl-name.ts';

const EMPTY = new Uint8Array(0);
const maxMessageBytes = 20_000;
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;
/** `gs2-header`: no channel binding, perhaps a name. RFC 7628 section 3.1. */
const HEADER = /^[ny],(?:a=([^,\x01]{1,1024}))?,\x01/;
const USER = /^user=([^\x01]{0,1024})\x01/;

/** What a client's message says; undefined when it is not in the grammar. */
export interface TokenMessage {
  /** '' when the client names nobody: then the token alone tells. */
  readonly login: string;
  readonly token: string;
}

/** `client-resp` of OAUTHBEARER. RFC 7628 section 3.1. */
export function parseOauthBearer(octets: Uint8Array): TokenMessage | undefined {
  const text = decodeSaslText(octets, maxMessageBytes);
  const [header, name] = (text === undefined ? null : HEADER.exec(text)) ?? [];
  const login = name === undefined ? '' : decodeSaslName(name);
  if (text === undefined || header === undefined || login === undefined) return undefined;
  const token = bearerIn(text.slice(header.length));
  return token === undefined ? undefined : { login, token };
}

/** The same before there was a standard: `user=` instead of the header. */
export function parseXoauth2(octets: Uint8Array): TokenMessage | undefined {
  const text = decodeSaslText(octets, maxMessageBytes);
  const [header, login] = (text === undefined ? null : USER.exec(text)) ?? [];
  if (text === undefined || header === undefined || login === undefined) return undefined;
  if (Buffer.byteLength(login) > saslLimits.maxLoginBytes) return undefined;
  const token = bearerIn(text.slice(header.length));
  return token === undefined ? undefined : { login, token };
}

/** `*kvpair kvsep`: of the pairs only `auth` matters to us. */
function bearerIn(pairs: string): string | undefined {
  if (!pairs.endsWith('\x01\x01')) return undefined;
  const auth = pairs
    .slice(0, -2)
    .split('\x01')
    .find((pair) => pair.startsWith('auth='));
  return auth === undefined ? undefined : BEARER.exec(auth.slice('auth='.length))?.[1];
}

/** OAUTHBEARER. RFC 7628. */
export const oauthBearer: SaslMechanism = tokenMechanism('OAUTHBEARER', parseOauthBearer);
/** XOAUTH2: what Google made before; many programs speak only this. */
export const xoauth2: SaslMechanism = tokenMechanism('XOAUTH2', parseXoauth2);

function tokenMechanism(name: string, parse: (octets: Uint8Array) => TokenMessage | undefined): SaslMechanism {
  return {
    name,
    needs: 'tokens',
    start(): SaslExchange {
      let refused = false;
      return {
        next(response): SaslStep {
          // After an error report the client says anything, and has failed. RFC 7628 section 3.2.3.
          if (refused) return { kind: 'failed', why: 'proof' };
          if (response === undefined) return { kind: 'challenge', octets: EMPTY };
          const message = parse(response);
          if (message === undefined) return { kind: 'malformed' };
          return {
            ...{ kind: 'token', ...message },
            refuse(configurationUrl) {
              refused = true;
              return Buffer.from(JSON.stringify({ status: 'invalid_token', 'openid-configuration': configurationUrl }));
            },
          };
        },
      };
    },
  };
}
