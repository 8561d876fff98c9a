import { command } from '../command.ts';
import { Bad } from '../refusal.ts';

/** STARTTLS. What the client sent after it in plain text is thrown away by net/. RFC 9051 sections 6.1.1 and 6.2.1. */
export const startTls = command({
  name: 'STARTTLS',
  states: ['not-authenticated'],
  capabilities: [
    (session) =>
      session.options.startTls && session.tls === undefined && session.account === undefined ? 'STARTTLS' : undefined,
  ],
  tells: 'nothing',
  parse() {},
  run(session) {
    if (session.tls !== undefined) throw new Bad('TLS is on already');
    if (!session.options.startTls) throw new Bad('no TLS here');
    return { text: 'begin TLS', after: () => session.sink.startTls() };
  },
});
