import { decodeSaslText, saslLimits } from './exchange.ts';
import type { SaslExchange, SaslMechanism, SaslStep } from './exchange.ts';

const askLogin = Buffer.from('Username:');
const askPassword = Buffer.from('Password:');

/** LOGIN: never standardised (draft-murchison-sasl-login), still what some programs speak. */
export const login: SaslMechanism = {
  name: 'LOGIN',
  needs: 'confidential',
  start(): SaslExchange {
    let name: string | undefined;
    return {
      next(response): SaslStep {
        if (response === undefined) return { kind: 'challenge', octets: askLogin };
        if (name === undefined) {
          name = decodeSaslText(response, saslLimits.maxLoginBytes);
          return name === undefined || name === '' ? { kind: 'malformed' } : { kind: 'challenge', octets: askPassword };
        }
        const password = decodeSaslText(response, saslLimits.maxPasswordBytes);
        if (password === undefined || password === '') return { kind: 'malformed' };
        return { kind: 'password', authorizeAs: '', login: name, password };
      },
    };
  },
};
