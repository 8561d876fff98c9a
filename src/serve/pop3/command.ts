import type { Pop3Session, State } from './session.ts';

/** A line of the command table: drives dispatch, state checks and the answer to CAPA. */
export interface Command {
  /** Upper case. */
  readonly name: string;
  readonly states: readonly State[];
  /** What CAPA tells for it now, a line each. */
  readonly capabilities?: (session: Pop3Session) => readonly string[];
  /** `rest`: what stands behind the name. Throws Refuse. */
  readonly run: (session: Pop3Session, rest: string) => void | Promise<void>;
}
