import { parsePop3Line } from '../../wire/pop3/command-line.ts';
import { printErr } from '../../wire/pop3/response.ts';
import { findCommand } from './commands.ts';
import { Refuse } from './refuse.ts';
import { BrokenMessage } from './send-message.ts';
import type { Pop3Session } from './session.ts';

/** Errors in a row that end the connection; from the third on the answer comes late. spec/protocols.md section 0.2. */
const maxErrors = 20;
const slowFrom = 3;
const delayMs = 1000;

/** One command line: finds the command, checks the state, runs it, and makes an answer of whatever goes wrong. */
export function dispatch(session: Pop3Session, line: Uint8Array): Promise<void> {
  return guard(session, () => {
    const parsed = parsePop3Line(line);
    const found = parsed && findCommand(parsed.name);
    if (parsed === undefined || found === undefined) {
      // Another protocol, such as HTTP, is not listened to any longer.
      throw new Refuse('unknown command', { close: session.isFirst, isSyntax: true });
    }
    session.isFirst = false;
    if (!found.states.includes(session.state)) {
      const text = session.state === 'authorization' ? 'log in first' : 'already logged in';
      throw new Refuse(text, { isSyntax: true });
    }
    return found.run(session, parsed.rest);
  });
}

/** Runs something for a session and answers for it when it fails. */
export async function guard(session: Pop3Session, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
    session.errors = 0;
  } catch (error) {
    if (error instanceof Refuse) await refuse(session, error);
    else fail(session, error);
  }
}

async function refuse(session: Pop3Session, refused: Refuse): Promise<void> {
  if (refused.close) return session.leave(refused);
  if (refused.isSyntax) {
    session.errors++;
    if (session.errors >= maxErrors) return session.leave(new Refuse('too many errors'));
    if (session.errors >= slowFrom) await session.sink.delay(delayMs);
  }
  session.sink.write(printErr(refused.message, refused.code));
}

function fail(session: Pop3Session, error: unknown): void {
  session.log.error('command failed', {}, error);
  if (error instanceof BrokenMessage) session.sink.destroy();
  else session.sink.write(printErr('something went wrong here, try again later', 'SYS/TEMP'));
}
