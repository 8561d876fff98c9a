import { reply } from '../../../wire/smtp/reply.ts';
import { command } from '../command.ts';
import { parseHello, setHello } from './hello.ts';

/** HELO, without extensions. RFC 5321 section 4.1.1.1. */
export const helo = command({
  verb: 'HELO',
  needs: [],
  isIdle: true,
  parse: parseHello,
  run(session, name) {
    setHello(session, { extended: false, name });
    session.say(reply(250, undefined, session.options.hostname));
  },
});
