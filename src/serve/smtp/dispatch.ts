import { decodeLine, parseCommandLine } from '../../wire/smtp/command-line.ts';
import { replies } from '../../wire/smtp/replies.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { findUnmetNeed } from './command.ts';
import { findCommand } from './commands.ts';
import { countIdle } from './count-idle.ts';
import { Refuse } from './refuse.ts';
import type { SmtpSession } from './session.ts';

/** A browser, or somebody who makes one talk to us (RFC 5321 section 7 knows no better than to hang up). */
const HTTP = /^(?:GET|HEAD|POST|PUT|DELETE|OPTIONS|CONNECT|TRACE|PATCH)$/;

/** One command line: finds the command, checks the state, runs it, and makes an answer of whatever goes wrong. */
export function dispatch(session: SmtpSession, line: Uint8Array): void | Promise<void> {
  const text = decodeLine(line);
  if (text === undefined) return refuse(session, new Refuse(replies.badCharacters, session.isFirst));
  const { verb, rest } = parseCommandLine(text);
  const found = findCommand(verb);
  if (found === undefined) {
    const close = session.isFirst || HTTP.test(verb);
    return refuse(session, new Refuse(close ? replies.notSmtp : replies.unknownCommand, close));
  }
  session.isFirst = false;
  if (found.isIdle && countIdle(session)) return undefined;
  return guard(session, () => {
    const unmet = findUnmetNeed(session, found.needs);
    if (unmet !== undefined) throw new Refuse(unmet);
    return found.handle(session, rest);
  });
}

/** Runs something for a session and answers for it when it fails, now or later. */
export function guard(session: SmtpSession, run: () => void | Promise<void>): void | Promise<void> {
  try {
    return run()?.catch((error: unknown) => failed(session, error));
  } catch (error) {
    failed(session, error);
  }
}

function failed(session: SmtpSession, error: unknown): void {
  if (error instanceof Refuse) refuse(session, error);
  else session.say(session.answerTo(error));
}

function refuse(session: SmtpSession, { reply, close }: Refuse): void {
  if (close) return session.leave(reply);
  session.say(reply);
  // A sender that is refused is no error of the program, but may have cost a look into the DNS: it cannot go on without end.
  if (!isError(reply)) countIdle(session);
  else if (++session.errors > session.options.limits.maxErrors) session.leave(replies.tooManyErrors);
}

/** Syntax, order and unknown things; a refused recipient or message is no error of the client's program. */
function isError({ code }: Reply): boolean {
  return (code >= 500 && code <= 504) || code === 530 || code === 538 || code === 555;
}
