import { command } from '../command.ts';
import { logIn } from '../login.ts';

/** LOGIN. RFC 9051 sections 6.1.1 and 6.2.3; LOGINDISABLED while there is no TLS. */
export const login = command({
  name: 'LOGIN',
  states: ['not-authenticated'],
  capabilities: [(session) => (session.account === undefined && !session.mayLogin ? 'LOGINDISABLED' : undefined)],
  tells: 'nothing',
  parse(r) {
    r.expectSpace();
    const name = r.expectText();
    r.expectSpace();
    return { name, password: r.expectText() };
  },
  run: (session, { name, password }) => logIn(session, name, password),
});
