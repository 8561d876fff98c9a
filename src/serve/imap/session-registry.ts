import type { Directory } from '../../directory/directory.ts';
import { fitsCertificate } from '../login-steps.ts';
import type { Session } from './session.ts';

/** The sessions of a listener, so that one watch on the directory serves them all. */
export class SessionRegistry {
  private readonly directory: Directory;
  private readonly sessions = new Set<Session>();
  private unwatch: (() => void) | undefined = undefined;

  constructor(directory: Directory) {
    this.directory = directory;
  }

  add(session: Session): void {
    this.sessions.add(session);
    this.unwatch ??= this.directory.watch(() => {
      for (const one of this.sessions) if (!this.mayStay(one)) one.sink.post('directory-changed');
    });
  }

  remove(session: Session): void {
    this.sessions.delete(session);
    if (this.sessions.size > 0) return;
    this.unwatch?.();
    this.unwatch = undefined;
  }

  /** False once its account was removed or may no longer log in, or what it logged in with was taken back. */
  mayStay(session: Session): boolean {
    if (!fitsCertificate(session, session.account)) return false;
    const { account, proof } = session;
    return account === undefined || proof === undefined || this.directory.mayStay(account, proof);
  }
}
