import type { Command } from '../command.ts';
import { checkPassword } from '../../login-steps.ts';
import { attemptOf, beginAttempt, endAttempt } from '../login.ts';
import { badArguments, Refuse } from '../refuse.ts';

/** PASS. RFC 1939 section 7: all that follows the blank is the password. */
export const pass: Command = {
  name: 'PASS',
  states: ['authorization'],
  async run(session, password) {
    if (!session.mayLogin) throw new Refuse('turn on TLS first');
    const { userName } = session;
    if (userName === undefined) throw new Refuse('USER first', { isSyntax: true });
    if (password === '') throw badArguments();
    await beginAttempt(session, 'PASS', userName);
    const outcome = await checkPassword(session, attemptOf(session, 'PASS', userName), password);
    await endAttempt(session, 'PASS', userName, outcome);
  },
};
