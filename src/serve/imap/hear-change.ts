import type { Change } from '../../store/change.ts';
import type { Session } from './session.ts';

/**
 * Takes notice of a change in the session's account. Only a session that is to be told at once looks at once: in IDLE, or
 * after NOTIFY (RFC 5465 section 3.1); all others look when a command ends.
 */
export function hearChange(session: Session, change: Change): void {
  if (change.kind === 'account-removed') {
    session.sink.post('account-removed');
    return;
  }
  const isDue = session.notify === undefined ? noteForIdle(session, change) : noteForNotify(session, change);
  if (isDue && (session.idling || session.notify !== undefined)) wake(session);
}

/** The same of a mailbox of another account, which is not selected. Only NOTIFY asks for these. */
export function hearShared(session: Session, change: Change): void {
  if (session.notify !== undefined && noteForNotify(session, change)) wake(session);
}

/** What others share may have changed. */
export function wakeForNotify(session: Session): void {
  if (session.notify !== undefined) wake(session);
}

function wake(session: Session): void {
  if (session.changePosted) return;
  session.changePosted = true;
  session.sink.post('mailbox-changed');
}

function noteForIdle(session: Session, change: Change): boolean {
  const listens = change.kind === 'annotation' ? session.metadata : session.rev2;
  const isNews = listens && change.origin !== session.origin && session.news.note(change);
  return isNews || ('mailboxId' in change && change.mailboxId === session.selected?.mailbox.id);
}

/** RFC 5465 section 5: no events for what the client did itself. */
function noteForNotify(session: Session, change: Change): boolean {
  const selectedId = session.selected?.mailbox.id;
  const own = change.origin === session.origin;
  if (!own) {
    // A mailbox that is selected and deleted ends the session, whatever it wants to hear.
    const isGone = change.kind === 'mailbox' && change.what === 'deleted' && change.mailboxId === selectedId;
    return session.notify?.note(change, selectedId, session.news) === true || isGone;
  }
  if ('mailboxId' in change && change.mailboxId === selectedId) session.notify?.noteOwn(change);
  return false;
}
