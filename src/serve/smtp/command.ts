import { replies } from '../../wire/smtp/replies.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import type { SmtpSession } from './session.ts';

/** What must be so before a command is looked at, in the order in which it is checked. */
export type Need =
  /** EHLO or HELO was said. */
  | 'hello'
  /** TLS is on, where the listener requires it. */
  | 'tls'
  /** The client has logged in, on submission. */
  | 'login'
  | 'no-mail'
  | 'mail';

/** A line of the command table: drives dispatch, state checks and the answer to EHLO. */
export interface Command {
  readonly verb: string;
  readonly needs: readonly Need[];
  /** It brings no message nearer: too many of these in a row end the session. */
  readonly isIdle: boolean;
  /** What EHLO tells for it in this state. */
  keywords(session: SmtpSession): readonly string[];
  handle(session: SmtpSession, rest: string): void | Promise<void>;
}

export interface CommandDefinition<Args> {
  readonly verb: string;
  readonly needs: readonly Need[];
  readonly isIdle?: boolean;
  readonly keywords?: (session: SmtpSession) => readonly string[];
  /** Throws Refuse when the arguments are wrong. */
  readonly parse: (rest: string) => Args;
  readonly run: (session: SmtpSession, args: Args) => void | Promise<void>;
}

const none: readonly string[] = [];

/** Makes a line of the table; the type of the arguments is inferred from `parse`. */
export function command<Args>(definition: CommandDefinition<Args>): Command {
  const { verb, needs, isIdle = false, keywords = () => none, parse, run } = definition;
  return { verb, needs, isIdle, keywords, handle: (session, rest) => run(session, parse(rest)) };
}

/** The answer to a command that comes too early or too late; undefined when all its needs are met. */
export function findUnmetNeed(session: SmtpSession, needs: readonly Need[]): Reply | undefined {
  for (const need of needs) {
    const answer = isMet(session, need) ? undefined : unmet[need];
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function isMet(session: SmtpSession, need: Need): boolean {
  switch (need) {
    case 'hello':
      return session.hello !== undefined;
    case 'tls':
      return session.options.startTls !== 'required' || session.tls !== undefined;
    case 'login':
      return session.options.role === 'mx' || session.account !== undefined;
    case 'no-mail':
      return session.transaction === undefined;
    case 'mail':
      return session.transaction !== undefined;
  }
}

const unmet: Record<Need, Reply> = {
  hello: replies.helloFirst,
  tls: replies.tlsRequired,
  login: replies.authRequired,
  'no-mail': replies.mailPending,
  mail: replies.mailFirst,
};
