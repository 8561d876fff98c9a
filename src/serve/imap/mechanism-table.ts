import type { SaslLink, SaslMechanism } from '../../wire/sasl/exchange.ts';
import { login } from '../../wire/sasl/login.ts';
import { saslMechanisms } from '../../wire/sasl/mechanisms.ts';
import type { Session } from './session.ts';

/** The SASL mechanisms of IMAP, strongest first. LOGIN is not one of them: there is a command for it. */
export const mechanisms: readonly SaslMechanism[] = saslMechanisms.filter((mechanism) => mechanism !== login);

/** What the connection has that mechanisms may need. */
export function linkOf({ mayLogin, tls, services }: Session): SaslLink {
  return {
    confidential: mayLogin,
    clientCertificate: tls?.peerPublicKey !== undefined,
    binding: tls?.channelBinding,
    tokens: services.tokens !== undefined,
  };
}
