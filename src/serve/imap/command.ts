import type { ImapReader } from '../../wire/imap/imap-reader.ts';
import type { Done, Reply } from './respond.ts';
import type { Session, State } from './session.ts';

/** A name in CAPABILITY; a function where it depends on the session. */
export type Capability = string | ((session: Session) => string | undefined);

/**
 * Which changes of the mailbox the client is told just before the tagged response. RFC 9051 section 7.5.1: no EXPUNGE
 * while FETCH, STORE or SEARCH (by number) is in progress. `nothing`: before login, and commands that change what is selected.
 */
export type Tells = 'all' | 'no-expunge' | 'nothing';

interface CommandFacts {
  /** Upper case; `UID FETCH` for the UID commands. */
  readonly name: string;
  /** In which states it may be used. RFC 9051 section 6. */
  readonly states: readonly State[];
  /** What it adds to CAPABILITY; needed unless RFC 9051 or RFC 3501 have the command (RFC 9051 section 6.5). */
  readonly capabilities?: readonly Capability[];
  /** The capability that brings it, where another command of the table tells of it. */
  readonly belongsTo?: string;
  readonly tells: Tells;
  /** Its last argument may be a message: `parse` ends with `expectMessageLiteral`, `run` reads the octets (APPEND). */
  readonly takesMessage?: true;
  /** May begin while earlier ones with this mark wait for their commit: APPEND. All other commands wait. RFC 9051 section 5.5. */
  readonly overlaps?: true;
}

/** One command of the protocol, one file each under `commands/`. The doc comment of its const cites the RFC. */
export interface CommandSpec<Args> extends CommandFacts {
  /** Reads what follows the name, from its space on. End of command is checked after it. */
  parse(r: ImapReader): Args;
  /** Does it. Throws No, Bad or Bye to refuse; anything else that is thrown is a bug and answered NO [SERVERBUG]. */
  run(session: Session, args: Args, reply: Reply): Promise<Done | void> | Done | void;
}

/** A command that was read and can be run. */
export type Prepared = (session: Session, reply: Reply) => Promise<Done | void> | Done | void;

/** A command as the table has it, whatever its arguments. */
export interface Command extends CommandFacts {
  readonly prepare: (r: ImapReader) => Prepared;
}

/** Makes a table entry; the type of `args` in `run` is that of what `parse` returns. */
export function command<Args>(spec: CommandSpec<Args>): Command {
  return {
    ...spec,
    prepare(r) {
      const args = spec.parse(r);
      r.expectEnd();
      return (session, reply) => spec.run(session, args, reply);
    },
  };
}

/** `states` of commands for everyone who logged in. */
export const loggedIn: readonly State[] = ['authenticated', 'selected'];
export const anyState: readonly State[] = ['not-authenticated', 'authenticated', 'selected'];
