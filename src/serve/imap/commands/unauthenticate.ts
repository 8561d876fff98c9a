import { command, loggedIn } from '../command.ts';
import { deselect } from '../select-mailbox.ts';
import type { Session } from '../session.ts';

/** UNAUTHENTICATE: back to before the login, on the same connection; never refused. RFC 8437 section 3. */
export const unauthenticate = command({
  name: 'UNAUTHENTICATE',
  states: loggedIn,
  capabilities: [(session) => (session.account === undefined ? undefined : 'UNAUTHENTICATE')],
  tells: 'nothing',
  parse() {},
  run(session) {
    deselect(session);
    session.log.info('logged out, connection stays');
    forgetLogin(session);
    return session.compressed ? { after: () => stopCompression(session) } : undefined;
  },
});

/** After the CRLF of the tagged OK. RFC 8437 section 4.1. */
function stopCompression(session: Session): void {
  session.compressed = false;
  session.sink.stopCompression();
}

/** All state but TLS; what ENABLE turned on is off again. RFC 8437 section 4.1. Failed logins still count. */
function forgetLogin(session: Session): void {
  session.unwatch?.();
  session.unwatch = undefined;
  session.account = undefined;
  session.loginAddress = '';
  session.proof = undefined;
  session.loginNote = undefined;
  session.rev2 = false;
  session.utf8Accept = false;
  session.condstore = false;
  session.qresync = false;
  session.metadata = false;
  session.uidOnly = false;
  session.replaceNotify(undefined);
  session.news.forget();
  session.log = session.services.log.with({ session: session.peer.id });
}
