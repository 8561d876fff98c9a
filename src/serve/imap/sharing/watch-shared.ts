import type { Change } from '../../../store/change.ts';
import { hearChange } from '../hear-change.ts';
import type { Selected, Session } from '../session.ts';

/**
 * Hears of a selected mailbox of another account: of its messages, and of rights that are given and taken. Returns how to
 * stop; undefined for the client's own, of which the session hears anyway.
 */
export function watchShared(
  session: Session,
  ownerId: Selected['ownerId'],
  mailboxId: number,
): (() => void) | undefined {
  if (ownerId === session.account?.id) return undefined;
  return session.services.store.watch(ownerId, (change) => {
    const { selected } = session;
    if (change.kind === 'account-removed') return wake(session);
    if (selected?.mailbox.id !== mailboxId || !('mailboxId' in change) || change.mailboxId !== mailboxId) return;
    if (change.kind === 'mailbox' && change.what === 'changed') void readRightsAgain(session, selected);
    else if (isOfMessages(change)) hearChange(session, change);
  });
}

/** The name of a mailbox of another account is not told when the owner changes it. */
function isOfMessages({ kind }: Change): boolean {
  return kind === 'added' || kind === 'flags' || kind === 'expunged';
}

/** Where the rights cannot be read, there are none. */
async function readRightsAgain(session: Session, selected: Selected): Promise<void> {
  const { account, services } = session;
  if (account === undefined) return;
  try {
    const shared = await services.store.listShared(account.id, selected.ownerId);
    selected.rights = shared.find(({ mailbox }) => mailbox.id === selected.mailbox.id)?.rights ?? '';
  } catch (error) {
    session.log.warn('rights cannot be read', { reason: String(error) });
    selected.rights = '';
  }
  if (!selected.rights.includes('r')) wake(session);
}

/** An idling session looks now, and finds that its mailbox is gone. */
function wake(session: Session): void {
  if (session.changePosted || !(session.idling || session.notify !== undefined)) return;
  session.changePosted = true;
  session.sink.post('mailbox-changed');
}
