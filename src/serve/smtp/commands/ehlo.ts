import { command } from '../command.ts';
import type { Command } from '../command.ts';
import { parseHello, setHello } from './hello.ts';

/** EHLO: who we are and what we can do; gives up what was under way. RFC 5321 sections 4.1.1.1 and 4.1.4. */
export function createEhlo(commands: () => readonly Command[]): Command {
  return command({
    verb: 'EHLO',
    needs: [],
    isIdle: true,
    // RFC 2920, RFC 2034.
    keywords: () => ['PIPELINING', 'ENHANCEDSTATUSCODES'],
    parse: parseHello,
    run(session, name) {
      setHello(session, { extended: true, name });
      const keywords = commands().flatMap((entry) => entry.keywords(session));
      session.say({ code: 250, enhanced: undefined, lines: [session.options.hostname, ...keywords] });
    },
  });
}
