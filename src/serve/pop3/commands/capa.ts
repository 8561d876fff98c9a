import { expectNothing } from '../arguments.ts';
import type { Command } from '../command.ts';
import type { Pop3Session } from '../session.ts';

/**
 * CAPA. RFC 2449 section 5. The lines follow from the command table; RESP-CODES and AUTH-RESP-CODE (RFC 3206 section 6) hold
 * for all of them. EXPIRE NEVER: nothing goes unless the client deletes it. No LOGIN-DELAY: there is none.
 */
export function createCapa(commands: () => readonly Command[]): Command {
  return {
    name: 'CAPA',
    states: ['authorization', 'transaction'],
    run(session, rest) {
      expectNothing(rest);
      session.ok('capabilities follow');
      const lines = ['RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING', 'EXPIRE NEVER'];
      for (const command of commands()) lines.push(...(command.capabilities?.(session) ?? []));
      lines.push(implementation(session));
      for (const line of lines) session.sink.write(`${line}\r\n`);
      session.sink.write('.\r\n');
    },
  };
}

/** The version is for those who have an account. */
function implementation({ state, services }: Pop3Session): string {
  return state === 'authorization' ? 'IMPLEMENTATION posthorn' : `IMPLEMENTATION posthorn ${services.version}`;
}
