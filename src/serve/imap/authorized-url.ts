import { parseAddress } from '../../directory/address-text.ts';
import type { Account } from '../../directory/directory.ts';
import type { Mailbox } from '../../store/mailbox.ts';
import { parseImapUrl, type ImapUrl, type UrlAccess, type UrlAuthorization } from '../../wire/imap/imap-url.ts';
import { openUrl, type UrlOctets } from './open-url.ts';
import { Bad } from './refusal.ts';
import type { Session } from './session.ts';
import { findUrlKey, isUrlToken, makeUrlKey, makeUrlToken } from './url-keys.ts';

/** The one mechanism. RFC 4467 section 2.4.1. */
export const urlMechanism = 'INTERNAL';

interface OwnedUrl {
  readonly owner: Account;
  readonly mailbox: Mailbox;
}

/**
 * Makes a URL that others may use, for a message in a mailbox of the client's own.
 * @throws Bad for what RFC 4467 section 7 (GENURLAUTH) wants validated. It tells nothing of accounts of others.
 */
export async function authorizeUrl(session: Session, text: string, mechanism: string): Promise<string> {
  if (mechanism !== urlMechanism) throw new Bad(`only the mechanism ${urlMechanism} is known`);
  const parsed = parseImapUrl(text);
  if (!parsed.ok) throw new Bad(`URL: expected ${parsed.error.expected} at ${parsed.error.at}`);
  const { server, authorization } = parsed.value;
  if (authorization === undefined) throw new Bad('URL has no access identifier');
  if (authorization.verifier !== undefined) throw new Bad('URL has a token already');
  if (server?.user === undefined) throw new Bad('URL names no server and user');
  const owned = await findOwned(session, parsed.value);
  if (owned === undefined || owned.owner.id !== session.currentAccount().id) throw new Bad('not a mailbox of yours');
  const key = await makeUrlKey(session.services.store, targetOf(owned));
  if (key === undefined) throw new Bad('not a mailbox of yours');
  return `${text}:${urlMechanism}:${makeUrlToken(key, authorization.rump)}`;
}

/** What an authorized URL stands for; undefined when it is not valid, or not for this session, for whatever reason. RFC 4467 section 6. */
export async function openAuthorized(session: Session, text: string): Promise<UrlOctets | undefined> {
  const parsed = parseImapUrl(text);
  if (!parsed.ok) return undefined;
  const url = parsed.value;
  const { authorization } = url;
  const { verifier } = authorization ?? {};
  if (authorization === undefined || verifier?.mechanism !== urlMechanism) return undefined;
  const { store } = session.services;
  const owned = await findOwned(session, url);
  const key = owned && (await findUrlKey(store, targetOf(owned)));
  if (!isUrlToken(key, authorization.rump, verifier.token) || owned === undefined) return undefined;
  if (hasExpired(session, authorization) || !mayUse(session, authorization.access)) return undefined;
  // The URL gives what its owner may do, and no more.
  if (owned.owner.loginDisabled !== undefined) return undefined;
  return openUrl(store, owned.owner.id, owned.mailbox, url);
}

async function findOwned(session: Session, url: ImapUrl): Promise<OwnedUrl | undefined> {
  const owner = url.server?.user === undefined ? undefined : findUser(session, url.server.user);
  const mailbox = owner && (await session.services.store.findMailbox(owner.id, url.mailbox));
  return owner && mailbox && { owner, mailbox };
}

function targetOf({ owner, mailbox }: OwnedUrl): { accountId: Account['id']; mailboxId: Mailbox['id'] } {
  return { accountId: owner.id, mailboxId: mailbox.id };
}

/** A user is an address that logs in. */
function findUser(session: Session, user: string): Account | undefined {
  const address = parseAddress(user);
  const found = address.ok ? session.services.directory.lookupRecipient(address.value) : undefined;
  return found?.kind === 'account' ? found.recipient.account : undefined;
}

function hasExpired(session: Session, { expiresAtMs }: UrlAuthorization): boolean {
  return expiresAtMs !== undefined && session.services.clock.now() > expiresAtMs;
}

/**
 * Nobody is anonymous here, so `authuser` and `anonymous` mean every session that has logged in. No session of IMAP is one of
 * a message submission entity, so `submit+` is for none. RFC 4467 section 3.
 */
function mayUse(session: Session, access: UrlAccess): boolean {
  switch (access.kind) {
    case 'submit':
      return false;
    case 'user':
      return findUser(session, access.user)?.id === session.currentAccount().id;
    default:
      return true;
  }
}
