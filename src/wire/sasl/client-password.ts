import { fixedExchange } from './client-exchange.ts';
import type { SaslClientExchange } from './client-exchange.ts';

/** `[authzid] NUL authcid NUL passwd`. RFC 4616 section 2. */
export function clientPlain(login: string, password: string, authorizeAs = ''): SaslClientExchange {
  return fixedExchange('PLAIN', `${authorizeAs}\0${login}\0${password}`);
}

/** The old two questions, whatever their text; for servers that know nothing else. draft-murchison-sasl-login. */
export function clientLogin(login: string, password: string): SaslClientExchange {
  return fixedExchange('LOGIN', undefined, [login, password]);
}
