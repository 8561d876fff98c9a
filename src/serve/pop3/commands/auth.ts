import { isUsable } from '../../../wire/sasl/exchange.ts';
import type { SaslMechanism } from '../../../wire/sasl/exchange.ts';
import { login } from '../../../wire/sasl/login.ts';
import { saslMechanisms } from '../../../wire/sasl/mechanisms.ts';
import { decodeInitialResponse } from '../../../wire/sasl/sasl-base64.ts';
import { SaslLogin } from '../../../wire/sasl/sasl-login.ts';
import type { Command } from '../command.ts';
import { authorityOf, linkOf } from '../login.ts';
import { badArguments, Refuse } from '../refuse.ts';
import { takeStep } from '../sasl-dialogue.ts';
import type { Pop3Session } from '../session.ts';

/** The mechanisms of POP3, strongest first. LOGIN is not one of them: USER and PASS do the same. */
const mechanisms = saslMechanisms.filter((mechanism) => mechanism !== login);

/** AUTH. RFC 5034 section 4. */
export const auth: Command = {
  name: 'AUTH',
  states: ['authorization'],
  capabilities: (session) => {
    const link = linkOf(session);
    const names = mechanisms.filter((one) => isUsable(one, link)).map((one) => one.name);
    return names.length === 0 || session.state === 'transaction' ? [] : [`SASL ${names.join(' ')}`];
  },
  run(session, rest) {
    const [name = '', initial, ...more] = rest.trim().split(' ');
    if (name === '' || more.length > 0) throw badArguments();
    const upper = name.toUpperCase();
    const mechanism = mechanisms.find((one) => one.name === upper);
    if (mechanism === undefined) throw new Refuse('no such mechanism');
    const link = linkOf(session);
    if (!isUsable(mechanism, link)) throw refuseMechanism(session, mechanism);
    const response = initial === undefined ? undefined : decodeInitialResponse(initial);
    if (response !== undefined && !response.ok) throw new Refuse('not base64', { isSyntax: true });
    return takeStep(session, new SaslLogin(mechanism, link, authorityOf(session, mechanism.name)), response?.value);
  },
};

/** spec/protocols.md section 3.2. */
function refuseMechanism({ tls }: Pop3Session, { needs }: SaslMechanism): Refuse {
  if (tls === undefined) return new Refuse('turn on TLS first');
  if (needs === 'client-certificate') return new Refuse('no client certificate', { code: 'AUTH' });
  return new Refuse('not on this connection');
}
