import { printObjectId } from '../../wire/imap/object-id.ts';
import { printMailbox } from '../../wire/imap/print-string.ts';
import type { SelectArguments } from '../../wire/imap/read-select.ts';
import { seen } from '../../store/flags.ts';
import { printAllFlags, printPermanentFlags } from './flag-text.ts';
import { printAttributes } from './mailbox-attributes.ts';
import { Bad, No } from './refusal.ts';
import type { Done, Reply } from './respond.ts';
import { tellSince } from './resync.ts';
import type { Selected, Session } from './session.ts';
import { openAccess } from './sharing/access.ts';
import { watchShared } from './sharing/watch-shared.ts';
import { View } from './view.ts';

/** Leaves the selected mailbox, if there is one. */
export function deselect(session: Session): void {
  session.selected?.view.index.release();
  session.selected?.unwatch?.();
  session.selected = undefined;
  session.ageTimer.stop();
}

/**
 * SELECT and EXAMINE. RFC 9051 sections 6.3.2 and 6.3.3; without message numbers after ENABLE UIDONLY (RFC 9586). The mailbox selected before is left first, also when this fails.
 * Costs nothing per message but the search for the first unseen one.
 */
export async function selectMailbox(
  session: Session,
  args: SelectArguments,
  examine: boolean,
  reply: Reply,
): Promise<Done> {
  if (session.selected !== undefined) {
    deselect(session);
    reply.untagged('OK [CLOSED] previous mailbox');
  }
  if (args.resync !== undefined && !session.qresync) throw new Bad('enable QRESYNC first', 'CLIENTBUG');
  if (args.resync?.match !== undefined && session.uidOnly) throw new Bad('no message numbers', 'UIDREQUIRED');
  const { mailbox, owner, rights } = await openAccess(session, args.name, 'r');
  const attributes = session.rev2 ? await printAttributes(session, mailbox.name) : undefined;
  const index = await session.services.store.openMailbox(owner.id, mailbox.id);
  if (index === undefined) throw new No('no such mailbox', 'NONEXISTENT');
  // RFC 4314 section 5.2.
  const readOnly = examine || !/[itwse]/.test(rights);
  const view = new View(index);
  view.uidOnly = session.uidOnly;
  const unwatch = watchShared(session, owner.id, mailbox.id);
  session.selected = { mailbox, view, readOnly, ownerId: owner.id, rights, unwatch };
  if (args.condstore) session.condstore = true;
  describe(session, session.selected, reply);
  // RFC 9051 section 6.3.2: LIST belongs to the answer; RFC 3501 does not know that.
  if (attributes !== undefined) {
    reply.untagged(`LIST ${attributes} "/" ${printMailbox(mailbox.name, session.utf8)}`);
  }
  if (args.resync?.uidValidity === mailbox.uidValidity) await tellSince(session, view, args.resync, reply);
  return readOnly ? { code: 'READ-ONLY', text: 'examined' } : { code: 'READ-WRITE', text: 'selected' };
}

function describe(session: Session, { mailbox, view, readOnly, rights }: Selected, reply: Reply): void {
  const { index } = view;
  reply.untagged(`FLAGS ${printAllFlags(index)}`);
  reply.untagged(`OK [PERMANENTFLAGS ${readOnly ? '()' : printPermanentFlags(index, rights)}] flags that are kept`);
  reply.untagged(`${view.length} EXISTS`);
  if (!session.rev2) {
    // RFC 3501 section 6.3.1; nothing is ever recent here.
    reply.untagged('0 RECENT');
    const unseen = mailbox.unseen > 0 && !session.uidOnly ? firstUnseen(view) : 0;
    if (unseen > 0) reply.untagged(`OK [UNSEEN ${unseen}] first unseen`);
  }
  reply.untagged(`OK [UIDVALIDITY ${mailbox.uidValidity}] uids are valid`);
  // The mailbox may have grown since its row was read.
  const uidNext = Math.max(mailbox.uidNext, view.length === 0 ? 1 : view.uidAt(view.length - 1) + 1);
  reply.untagged(`OK [UIDNEXT ${uidNext}] next uid`);
  reply.untagged(`OK [HIGHESTMODSEQ ${Math.max(1, index.highestModseq)}] changes up to here`);
  // RFC 8474 section 4.2.
  reply.untagged(`OK [MAILBOXID (${printObjectId('mailbox', mailbox.id)})] its lasting name`);
}

/** The number of the first message without \Seen; 0 when there is none. */
function firstUnseen(view: View): number {
  const { flags } = view.index;
  for (let position = 0; position < view.length; position++) {
    if (((flags[position] ?? 0) & seen) === 0) return position + 1;
  }
  return 0;
}
