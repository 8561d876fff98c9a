/** Errors in a row that end the connection, before and after login. */
const maxBeforeLogin = 5;
const maxAfterLogin = 20;
/** From this error in a row on, answers come late. */
const slowFrom = 3;
const delayMs = 1000;

/** Counts BAD answers: who does not speak IMAP is soon let go, who probes is slowed down (spec/protocols.md section 0.2). */
export class ErrorCount {
  private inARow = 0;
  private understood = false;

  /** The name of a command was recognised. */
  recognised(): void {
    this.understood = true;
  }

  succeeded(): void {
    this.inARow = 0;
  }

  /** One more BAD: `end` the connection, or wait so many milliseconds. Something else than IMAP in the first line ends it: HTTP on this port. */
  count(loggedIn: boolean): 'end' | number {
    this.inARow++;
    if (!this.understood || this.inARow >= (loggedIn ? maxAfterLogin : maxBeforeLogin)) return 'end';
    return this.inARow >= slowFrom ? delayMs : 0;
  }
}
