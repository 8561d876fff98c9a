import type { EmailColumns, EmailRow } from '../../../store/email-row.ts';
import type { Reply } from '../respond.ts';
import type { Selected, Session } from '../session.ts';
import { positionsToRanges, type PositionList } from './position-list.ts';

/** The stored facts of these messages (ascending), in batches; others get a turn between them. Ends early when the client is gone. */
export async function* readRows(
  session: Session,
  { view, mailbox, ownerId }: Selected,
  reply: Reply,
  positions: PositionList,
  columns: EmailColumns,
): AsyncGenerator<readonly EmailRow[]> {
  const selection = {
    accountId: ownerId,
    mailboxId: mailbox.id,
    uids: view.uidRanges(positionsToRanges(positions)),
    withExpunged: view.hasExpunged(),
  };
  for await (const rows of session.services.store.readEmails(selection, columns)) {
    yield rows;
    const pause = reply.pause();
    if (pause !== undefined) await pause;
    if (reply.gone) return;
  }
}
