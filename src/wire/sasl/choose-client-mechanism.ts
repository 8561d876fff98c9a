import { clientExternal } from './client-external.ts';
import type { ClientBinding, SaslClientExchange } from './client-exchange.ts';
import { clientLogin, clientPlain } from './client-password.ts';
import { clientScram } from './client-scram.ts';
import { clientOauthBearer, clientXoauth2 } from './client-token.ts';

/** What a client logs in with. `authorizeAs`: act as somebody else, where the server allows it. */
export type Credentials =
  | { readonly kind: 'password'; readonly username: string; readonly password: string; readonly authorizeAs?: string }
  /** An access token of OAuth 2.0. */
  | { readonly kind: 'token'; readonly username: string; readonly token: string }
  /** The client certificate of the TLS connection. */
  | { readonly kind: 'certificate'; readonly authorizeAs?: string };

export interface ChannelFacts {
  readonly isTls: boolean;
  readonly binding: ClientBinding;
  /** Passwords and tokens may cross the wire in plain text: for loopback and tests. */
  readonly allowPlaintext: boolean;
}

/**
 * The exchanges that go with the credentials and with what the server offers, best first: what proves most and tells least.
 * Empty when there is none. RFC 4422 section 3.
 */
export function chooseClientMechanisms(
  credentials: Credentials,
  offered: readonly string[],
  channel: ChannelFacts,
): readonly (() => SaslClientExchange)[] {
  const names = new Set(offered.map((name) => name.toUpperCase()));
  return candidates(
    credentials,
    channel,
    [...names].some((name) => name.endsWith('-PLUS')),
  )
    .filter(({ name, plain }) => names.has(name) && (!plain || channel.isTls || channel.allowPlaintext))
    .map(({ start }) => start);
}

interface Candidate {
  readonly name: string;
  /** The secret itself crosses the wire. */
  readonly plain: boolean;
  readonly start: () => SaslClientExchange;
}

function candidates(credentials: Credentials, channel: ChannelFacts, hasPlus: boolean): readonly Candidate[] {
  if (credentials.kind === 'certificate') {
    return [{ name: 'EXTERNAL', plain: false, start: () => clientExternal(credentials.authorizeAs) }];
  }
  const { username } = credentials;
  if (credentials.kind === 'token') {
    const { token } = credentials;
    return [
      { name: 'OAUTHBEARER', plain: true, start: () => clientOauthBearer(username, token) },
      { name: 'XOAUTH2', plain: true, start: () => clientXoauth2(username, token) },
    ];
  }
  const { password, authorizeAs = '' } = credentials;
  const scram = (digest: 'sha1' | 'sha256', plus: boolean): Candidate => ({
    name: `SCRAM-SHA-${digest === 'sha1' ? '1' : '256'}${plus ? '-PLUS' : ''}`,
    plain: false,
    // "y" says "I believe that you have no -PLUS": not to be said to a server that offers one.
    start: () =>
      clientScram({
        ...{ digest, login: username, password, authorizeAs, plus },
        binding: plus || !hasPlus ? channel.binding : undefined,
      }),
  });
  return [
    ...(channel.binding ? [scram('sha256', true), scram('sha1', true)] : []),
    ...[scram('sha256', false), scram('sha1', false)],
    { name: 'PLAIN', plain: true, start: () => clientPlain(username, password, authorizeAs) },
    ...(authorizeAs === '' ? [{ name: 'LOGIN', plain: true, start: () => clientLogin(username, password) }] : []),
  ];
}
