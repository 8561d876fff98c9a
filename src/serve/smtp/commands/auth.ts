import { isUsable } from '../../../wire/sasl/exchange.ts';
import type { SaslMechanism } from '../../../wire/sasl/exchange.ts';
import { findMechanism, saslMechanisms } from '../../../wire/sasl/mechanisms.ts';
import { decodeInitialResponse } from '../../../wire/sasl/sasl-base64.ts';
import { SaslLogin } from '../../../wire/sasl/sasl-login.ts';
import { replies } from '../../../wire/smtp/replies.ts';
import { authorityOf, linkOf } from '../../sasl-authority.ts';
import { command } from '../command.ts';
import { attemptOf, beginAttempt } from '../log-in.ts';
import { Refuse } from '../refuse.ts';
import { takeStep } from '../sasl-dialogue.ts';
import type { SmtpSession } from '../session.ts';

/** AUTH, on submission only. RFC 4954. */
export const auth = command({
  verb: 'AUTH',
  needs: ['hello', 'tls', 'no-mail'],
  keywords: (session) => {
    if (session.options.role !== 'submission' || !session.mayAuthenticate) return [];
    const link = linkOf(session, mayTakePasswords(session));
    const names = saslMechanisms.filter((mechanism) => isUsable(mechanism, link)).map((mechanism) => mechanism.name);
    return names.length === 0 ? [] : [`AUTH ${names.join(' ')}`];
  },
  parse(rest) {
    const [name = '', initial, ...more] = rest.trim().split(' ');
    if (name === '' || more.length > 0) throw new Refuse(replies.badArguments);
    return { name, initial };
  },
  run(session, { name, initial }) {
    if (session.options.role !== 'submission') throw new Refuse(replies.authUnavailable);
    if (!session.mayAuthenticate) throw new Refuse(replies.authDone);
    const mechanism = findMechanism(name);
    if (mechanism === undefined) throw new Refuse(replies.unknownMechanism);
    const link = linkOf(session, mayTakePasswords(session));
    if (!isUsable(mechanism, link)) throw refuseMechanism(session, mechanism);
    const response = initial === undefined ? undefined : decodeInitialResponse(initial);
    if (response !== undefined && !response.ok) throw new Refuse(replies.badBase64);
    const authority = authorityOf(session, {
      begin: (login) => beginAttempt(session, mechanism.name, login),
      describe: (login) => attemptOf(session, mechanism.name, login),
      issuerUnavailable: () => new Refuse(replies.issuerUnavailable),
    });
    return takeStep(session, new SaslLogin(mechanism, link, authority), response?.value);
  },
});

function mayTakePasswords({ tls, options }: SmtpSession): boolean {
  return tls !== undefined || options.allowPlaintextAuth;
}

/** spec/protocols.md section 3.2. */
function refuseMechanism({ tls }: SmtpSession, { needs }: SaslMechanism): Refuse {
  if (tls === undefined) return new Refuse(replies.tlsRequiredForAuth);
  return new Refuse(needs === 'client-certificate' ? replies.badCredentials : replies.unknownMechanism);
}
