import { command, loggedIn } from '../command.ts';
import { Bad, No } from '../refusal.ts';

/**
 * COMPRESS DEFLATE, after login: strangers have no use for it. Until UNAUTHENTICATE (RFC 8437 section 4.1) or the end of the
 * connection. RFC 4978 section 3.
 */
export const compress = command({
  name: 'COMPRESS',
  states: loggedIn,
  capabilities: [(session) => (session.account === undefined ? undefined : 'COMPRESS=DEFLATE')],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectKeyword();
  },
  run(session, algorithm) {
    if (algorithm !== 'DEFLATE') throw new Bad('only DEFLATE is known');
    if (session.compressed) throw new No('DEFLATE is on already', 'COMPRESSIONACTIVE');
    return {
      text: 'DEFLATE from here on',
      after() {
        session.compressed = true;
        session.sink.startCompression();
      },
    };
  },
});
