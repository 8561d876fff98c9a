import type { Account } from '../../../directory/directory.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import type { SharedMailbox } from '../../../store/mailbox-rights.ts';
import { allRights } from '../../../wire/imap/rights.ts';
import { No } from '../refusal.ts';
import type { Session } from '../session.ts';
import { joinSharedName, splitSharedName } from './shared-name.ts';

/** A mailbox that a session may do something with. RFC 4314. */
export interface Access {
  /** Whose it is: its room counts there. */
  readonly owner: Account;
  /** With the name by which this client knows it. */
  readonly mailbox: Mailbox;
  /** Letters; all of them for the owner. */
  readonly rights: string;
}

/** What a name that is not there, or may not be seen, is answered with. RFC 9051 section 7.1. */
type MissingCode = 'NONEXISTENT' | 'TRYCREATE';

/**
 * A mailbox by name, of the client's own or under `Other Users/`, with these rights. RFC 4314 section 4.
 * @throws No NOPERM when a right is missing, and as if there were no such mailbox when it may not be listed either (section 6).
 */
export async function openAccess(
  session: Session,
  name: string,
  needed: string,
  missing: MissingCode = 'NONEXISTENT',
): Promise<Access> {
  const access = await findAccess(session, name, missing);
  requireRights(access, needed, missing);
  return access;
}

/** As `openAccess`, with any right at all. @throws No */
export async function findAccess(
  session: Session,
  name: string,
  missing: MissingCode = 'NONEXISTENT',
): Promise<Access> {
  const shared = splitSharedName(name);
  if (shared === undefined) {
    return { owner: session.currentAccount(), mailbox: await session.findMailbox(name, missing), rights: allRights };
  }
  const owner = session.services.directory.findAccountByName(shared.owner);
  const found = owner && (await listShared(session, owner)).find(({ mailbox }) => mailbox.name === shared.path);
  if (owner === undefined || found === undefined) {
    // As above: the answer is that of CREATE, which tells nothing of what is there.
    if (missing === 'TRYCREATE') await placeForNew(session, name);
    throw new No('no such mailbox', missing);
  }
  return { owner, mailbox: { ...found.mailbox, name }, rights: found.rights };
}

/** @throws No */
export function requireRights({ rights }: Pick<Access, 'rights'>, needed: string, missing: MissingCode): void {
  if (includesAll(rights, needed)) return;
  throw rights.includes('l') ? noPermission() : new No('no such mailbox', missing);
}

export function noPermission(): No {
  return new No('permission denied', 'NOPERM');
}

export function includesAll(rights: string, needed: string): boolean {
  return [...new Set(needed)].every((right) => rights.includes(right));
}

/** What another account shares with this one. */
export function listShared(session: Session, owner: Account): Promise<readonly SharedMailbox[]> {
  return session.services.store.listShared(session.currentAccount().id, owner.id);
}

/** All that others share and this account may see in a list, with the names by which it knows them. RFC 4314 section 4, LIST. */
export async function listVisible(session: Session): Promise<readonly Access[]> {
  const { directory, store } = session.services;
  const visible: Access[] = [];
  for (const { ownerId, mailbox, rights } of await store.listShared(session.currentAccount().id)) {
    const owner = rights.includes('l') ? directory.findAccount(ownerId) : undefined;
    if (owner === undefined) continue;
    visible.push({ owner, mailbox: asShared(owner, mailbox), rights });
  }
  return visible;
}

/** Where a new mailbox goes. */
export interface Place {
  readonly owner: Account;
  /** The name in the owner's account. */
  readonly path: string;
  readonly isOwn: boolean;
}

/**
 * May a mailbox of this name be made? In another account: below one that gives the right `k`. RFC 4314 section 4, CREATE.
 * @throws No NOPERM, which tells nothing of what is there.
 */
export async function placeForNew(session: Session, name: string): Promise<Place> {
  const shared = splitSharedName(name);
  if (shared === undefined) return { owner: session.currentAccount(), path: name, isOwn: true };
  const owner = session.services.directory.findAccountByName(shared.owner);
  if (owner === undefined || owner.id === session.currentAccount().id) throw noPermission();
  const given = await listShared(session, owner);
  for (let at = shared.path.lastIndexOf('/'); at > 0; at = shared.path.lastIndexOf('/', at - 1)) {
    const parent = await session.services.store.findMailbox(owner.id, shared.path.slice(0, at));
    if (parent === undefined) continue;
    if (given.find(({ mailbox }) => mailbox.id === parent.id)?.rights.includes('k') !== true) break;
    return { owner, path: shared.path, isOwn: false };
  }
  throw noPermission();
}

/** The owner's special use is not this client's: its own mail is not filed there. */
function asShared(owner: Account, mailbox: Mailbox): Mailbox {
  return { ...mailbox, name: joinSharedName(owner.name, mailbox.name), specialUse: undefined };
}

/** All names above these, such as `Other Users` and `Other Users/ada`. */
export function levelsAbove(names: Iterable<string>): ReadonlySet<string> {
  const levels = new Set<string>();
  for (const name of names) {
    for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) levels.add(name.slice(0, at));
  }
  return levels;
}
