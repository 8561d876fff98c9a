import { isUsable } from '../../../wire/sasl/exchange.ts';
import type { SaslMechanism } from '../../../wire/sasl/exchange.ts';
import { mechanismsBesideLogin } from '../../../wire/sasl/mechanisms.ts';
import { decodeInitialResponse } from '../../../wire/sasl/sasl-base64.ts';
import { SaslLogin } from '../../../wire/sasl/sasl-login.ts';
import type { Command } from '../command.ts';
import { authorityOf, linkOf } from '../../sasl-authority.ts';
import { attemptOf, beginAttempt } from '../login.ts';
import { badArguments, Refuse } from '../refuse.ts';
import { takeStep } from '../sasl-dialogue.ts';
import type { Pop3Session } from '../session.ts';

/** AUTH. RFC 5034 section 4. LOGIN is not one of its mechanisms: USER and PASS do the same. */
export const auth: Command = {
  name: 'AUTH',
  states: ['authorization'],
  capabilities: (session) => {
    const link = linkOf(session, session.mayLogin);
    const names = mechanismsBesideLogin.filter((one) => isUsable(one, link)).map((one) => one.name);
    return names.length === 0 || session.state === 'transaction' ? [] : [`SASL ${names.join(' ')}`];
  },
  run(session, rest) {
    const [name = '', initial, ...more] = rest.trim().split(' ');
    if (name === '' || more.length > 0) throw badArguments();
    const upper = name.toUpperCase();
    const mechanism = mechanismsBesideLogin.find((one) => one.name === upper);
    if (mechanism === undefined) throw new Refuse('no such mechanism');
    const link = linkOf(session, session.mayLogin);
    if (!isUsable(mechanism, link)) throw refuseMechanism(session, mechanism);
    const response = initial === undefined ? undefined : decodeInitialResponse(initial);
    if (response !== undefined && !response.ok) throw new Refuse('not base64', { isSyntax: true });
    const authority = authorityOf(session, {
      begin: (name) => beginAttempt(session, mechanism.name, name),
      describe: (name) => attemptOf(session, mechanism.name, name),
      issuerUnavailable: () => new Refuse('the issuer of tokens cannot be asked now', { code: 'SYS/TEMP' }),
    });
    return takeStep(session, new SaslLogin(mechanism, link, authority), response?.value);
  },
};

/** spec/protocols.md section 3.2. */
function refuseMechanism({ tls }: Pop3Session, { needs }: SaslMechanism): Refuse {
  if (tls === undefined) return new Refuse('turn on TLS first');
  if (needs === 'client-certificate') return new Refuse('no client certificate', { code: 'AUTH' });
  return new Refuse('not on this connection');
}
