import type { SaslMechanism } from './exchange.ts';
import { external } from './external.ts';
import { login } from './login.ts';
import { plain } from './plain.ts';
import { oauthBearer, xoauth2 } from './token.ts';
import { scramMechanism } from './scram-mechanism.ts';

/** All mechanisms, in the order in which they are offered: strongest first. */
export const saslMechanisms: readonly SaslMechanism[] = [
  external,
  scramMechanism('sha256', true),
  scramMechanism('sha256', false),
  scramMechanism('sha1', true),
  scramMechanism('sha1', false),
  oauthBearer,
  xoauth2,
  plain,
  login,
];

/** For protocols that have a command for what LOGIN does. All of these begin with the client (RFC 9051 section 6.2.2). */
export const mechanismsBesideLogin = saslMechanisms.filter((mechanism) => mechanism !== login);

/** By name, in any case. */
export function findMechanism(name: string): SaslMechanism | undefined {
  const upper = name.toUpperCase();
  return saslMechanisms.find((mechanism) => mechanism.name === upper);
}
