import { decodeSaslText, saslLimits } from './exchange.ts';
import type { SaslExchange, SaslMechanism, SaslStep } from './exchange.ts';

const EMPTY = new Uint8Array(0);

/** `message = [authzid] UTF8NUL authcid UTF8NUL passwd`. RFC 4616 section 2. */
export function parsePlain(octets: Uint8Array): SaslStep {
  const first = octets.indexOf(0);
  const second = first < 0 ? -1 : octets.indexOf(0, first + 1);
  if (second < 0) return { kind: 'malformed' };
  const authorizeAs = decodeSaslText(octets.subarray(0, first), saslLimits.maxLoginBytes);
  const login = decodeSaslText(octets.subarray(first + 1, second), saslLimits.maxLoginBytes);
  const password = decodeSaslText(octets.subarray(second + 1), saslLimits.maxPasswordBytes);
  if (authorizeAs === undefined || login === undefined || password === undefined) return { kind: 'malformed' };
  if (login === '' || password === '') return { kind: 'malformed' };
  return { kind: 'password', authorizeAs, login, password };
}

/** The printer, for clients. */
export function printPlain(login: string, password: string, authorizeAs = ''): Uint8Array {
  return Buffer.from(`${authorizeAs}\0${login}\0${password}`, 'utf8');
}

/** PLAIN. RFC 4616. */
export const plain: SaslMechanism = {
  name: 'PLAIN',
  needs: 'confidential',
  start(): SaslExchange {
    return {
      next: (response) => (response === undefined ? { kind: 'challenge', octets: EMPTY } : parsePlain(response)),
    };
  },
};
