import { expectNothing } from '../arguments.ts';
import type { Command } from '../command.ts';
import { Refuse } from '../refuse.ts';
import type { Pop3Session } from '../session.ts';

/** STLS; what the client sent behind it in plain text is thrown away with all that was said before. RFC 2595 section 4. */
export const stls: Command = {
  name: 'STLS',
  states: ['authorization'],
  capabilities: (session) => (mayStart(session) ? ['STLS'] : []),
  run(session, rest) {
    expectNothing(rest);
    if (session.tls !== undefined) throw new Refuse('TLS is on already');
    if (!mayStart(session)) throw new Refuse('no TLS here');
    // RFC 6856 section 2.1: STLS comes before UTF8.
    if (session.utf8) throw new Refuse('too late for STLS after UTF8');
    session.userName = undefined;
    session.ok('begin TLS');
    session.sink.startTls();
  },
};

function mayStart({ options, tls, state }: Pop3Session): boolean {
  return options.startTls && tls === undefined && state === 'authorization';
}
