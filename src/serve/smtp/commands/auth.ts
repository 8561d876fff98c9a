import { findMechanism, saslMechanisms } from '../../../wire/sasl/mechanisms.ts';
import { decodeInitialResponse } from '../../../wire/sasl/sasl-base64.ts';
import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';
import { Refuse } from '../refuse.ts';
import { takeStep } from '../sasl-dialogue.ts';
import type { SmtpSession } from '../session.ts';

/** AUTH, on submission only. RFC 4954. */
export const auth = command({
  verb: 'AUTH',
  needs: ['hello', 'tls', 'no-mail'],
  keywords: (session) => {
    if (session.options.role !== 'submission' || session.account !== undefined) return [];
    const names = saslMechanisms.filter(({ plaintext }) => !plaintext || mayPlain(session)).map(({ name }) => name);
    return names.length === 0 ? [] : [`AUTH ${names.join(' ')}`];
  },
  parse(rest) {
    const [name = '', initial, ...more] = rest.trim().split(' ');
    if (name === '' || more.length > 0) throw new Refuse(replies.badArguments);
    return { name, initial };
  },
  run(session, { name, initial }) {
    if (session.options.role !== 'submission') throw new Refuse(replies.authUnavailable);
    if (session.account !== undefined) throw new Refuse(replies.authDone);
    const mechanism = findMechanism(name);
    if (mechanism === undefined) throw new Refuse(replies.unknownMechanism);
    if (mechanism.plaintext && !mayPlain(session)) throw new Refuse(replies.tlsRequiredForAuth);
    const response = initial === undefined ? undefined : decodeInitialResponse(initial);
    if (response !== undefined && !response.ok) throw new Refuse(replies.badBase64);
    return takeStep(session, mechanism.start(), response?.value);
  },
});

function mayPlain(session: SmtpSession): boolean {
  return session.tls !== undefined || session.options.allowPlaintextAuth;
}
