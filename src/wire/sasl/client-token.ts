import type { SaslClientExchange } from './client-exchange.ts';

const separator = '\x01';

/** A bearer token that the caller got from its issuer. RFC 7628 section 3.1. */
export function clientOauthBearer(login: string, token: string): SaslClientExchange {
  const header = login === '' ? 'n,,' : `n,a=${login.replaceAll('=', '=3D').replaceAll(',', '=2C')},`;
  return tokenExchange('OAUTHBEARER', `${header}${separator}auth=Bearer ${token}${separator}${separator}`, separator);
}

/** The same before there was a standard; Google and Microsoft still ask for it. */
export function clientXoauth2(login: string, token: string): SaslClientExchange {
  return tokenExchange('XOAUTH2', `user=${login}${separator}auth=Bearer ${token}${separator}${separator}`, '');
}

/** A challenge is an error report, which has to be answered once before the refusal comes. RFC 7628 section 3.2.2. */
function tokenExchange(mechanism: string, initial: string, afterError: string): SaslClientExchange {
  let failed = false;
  return {
    mechanism,
    initial: Buffer.from(initial),
    respond() {
      const answer = failed ? undefined : Buffer.from(afterError);
      failed = true;
      return Promise.resolve(answer);
    },
    get isComplete() {
      return !failed;
    },
  };
}
