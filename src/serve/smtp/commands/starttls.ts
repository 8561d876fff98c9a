import { replies } from '../../../wire/smtp/replies.ts';
import { command } from '../command.ts';
import { Refuse } from '../refuse.ts';
import type { SmtpSession } from '../session.ts';
import { noArguments } from './no-arguments.ts';

/** STARTTLS; what the client sent behind it in plain text is thrown away with all that was said before. RFC 3207 section 4. */
export const starttls = command({
  verb: 'STARTTLS',
  needs: [],
  keywords: (session) => (mayStart(session) ? ['STARTTLS'] : []),
  parse: noArguments,
  run(session) {
    if (session.tls !== undefined) throw new Refuse(replies.tlsActive);
    if (!mayStart(session)) throw new Refuse(replies.tlsUnavailable);
    if (session.account !== undefined) throw new Refuse(replies.tlsAfterAuth);
    session.reset();
    session.say(replies.startTls);
    session.sink.startTls();
  },
});

function mayStart(session: SmtpSession): boolean {
  return session.options.startTls !== 'none' && session.tls === undefined;
}
