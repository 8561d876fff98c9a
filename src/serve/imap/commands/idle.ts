import { command, loggedIn } from '../command.ts';
import { Bad } from '../refusal.ts';
import { tellChanges } from '../tell.ts';

/** IDLE. The conversation tells what changes while `session.idling`. RFC 9051 section 6.3.13, RFC 2177. */
export const idle = command({
  name: 'IDLE',
  states: loggedIn,
  capabilities: ['IDLE'],
  tells: 'all',
  parse() {},
  async run(session, _args, reply) {
    reply.write('+ idling\r\n');
    session.idling = true;
    await tellChanges(session, reply, true);
    const line = await session.input.line();
    session.idling = false;
    if (line.trim().toUpperCase() !== 'DONE') throw new Bad('expected DONE');
  },
});
