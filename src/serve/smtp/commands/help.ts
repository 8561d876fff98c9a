import { reply } from '../../../wire/smtp/reply.ts';
import { command } from '../command.ts';
import type { Command } from '../command.ts';

/** HELP: the verbs of the table. RFC 5321 section 4.1.1.8. */
export function createHelp(commands: () => readonly Command[]): Command {
  return command({
    verb: 'HELP',
    needs: [],
    isIdle: true,
    parse: () => {},
    run(session) {
      const verbs = commands().map(({ verb }) => verb);
      session.say(reply(214, '2.0.0', verbs.join(' ')));
    },
  });
}
