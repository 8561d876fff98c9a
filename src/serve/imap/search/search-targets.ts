import type { AccountId } from '../../../store/ids.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import type { SearchSource } from '../../../wire/imap/read-esearch.ts';
import { allRights } from '../../../wire/imap/rights.ts';
import { No } from '../refusal.ts';
import type { Session } from '../session.ts';
import { findAccess, listVisible, type Access } from '../sharing/access.ts';
import { splitSharedName } from '../sharing/shared-name.ts';
import { mailboxesOf } from './search-sources.ts';

/** A mailbox to search in. */
export interface SearchTarget {
  readonly ownerId: AccountId;
  readonly mailbox: Mailbox;
  readonly rights: string;
}

/**
 * The mailboxes of ESEARCH: the client's own, then those that others share. The right `r` is needed, and `l` where a mailbox is
 * not named itself; those without are passed over in silence. RFC 7377 section 2.2.
 */
export async function findTargets(
  session: Session,
  sources: readonly SearchSource[],
): Promise<readonly SearchTarget[]> {
  const { store } = session.services;
  const { selected } = session;
  const ownerId = session.currentAccount().id;
  const subscriptions = await store.listSubscriptions(ownerId);
  const find = (mailboxes: readonly Mailbox[], some: readonly SearchSource[]): readonly Mailbox[] =>
    mailboxesOf(some, { mailboxes, subscriptions, selected: selected?.mailbox.id });
  const targets = new Map<Mailbox['id'], SearchTarget>();
  const add = (target: SearchTarget): void => void targets.set(target.mailbox.id, target);
  for (const mailbox of find(await store.listMailboxes(ownerId), sources)) add({ ownerId, mailbox, rights: allRights });
  const readable = (await listVisible(session)).filter(({ rights }) => rights.includes('r'));
  // Personal mailboxes are not those of others.
  const others = sources.filter(({ kind }) => kind !== 'personal' && kind !== 'inboxes');
  const shared = new Set(
    find(
      readable.map(({ mailbox }) => mailbox),
      others,
    ),
  );
  for (const access of readable) if (shared.has(access.mailbox)) add(targetOf(access));
  for (const access of await namedByThemselves(session, sources)) add(targetOf(access));
  const isSelected = sources.some(({ kind }) => kind === 'selected');
  if (isSelected && selected !== undefined && !targets.has(selected.mailbox.id)) add(selected);
  return [...targets.values()];
}

function targetOf({ owner, mailbox, rights }: Access): SearchTarget {
  return { ownerId: owner.id, mailbox, rights };
}

/** Mailboxes of others that `mailboxes` names and that may be read. */
async function namedByThemselves(session: Session, sources: readonly SearchSource[]): Promise<readonly Access[]> {
  const found: Access[] = [];
  for (const source of sources) {
    if (source.kind !== 'mailboxes') continue;
    for (const name of source.names) {
      if (splitSharedName(name) === undefined) continue;
      const access = await findAccess(session, name).catch((error: unknown) => {
        if (error instanceof No) return undefined;
        throw error;
      });
      if (access?.rights.includes('r') === true) found.push(access);
    }
  }
  return found;
}
