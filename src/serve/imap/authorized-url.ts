import { parseImapUrl, type UrlAccess } from '../../wire/imap/imap-url.ts';
import { openUrl, type UrlMessage } from '../open-url.ts';
import { findAuthorized, findOwned, findUrlUser, targetOf, urlMechanism } from '../url-access.ts';
import { makeUrlKey, makeUrlToken } from '../url-keys.ts';
import { Bad } from './refusal.ts';
import type { Session } from './session.ts';

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
  const owned = await findOwned(session.services, parsed.value);
  if (owned === undefined || owned.owner.id !== session.currentAccount().id) throw new Bad('not a mailbox of yours');
  const key = await makeUrlKey(session.services.store, targetOf(owned));
  if (key === undefined) throw new Bad('not a mailbox of yours');
  return `${text}:${urlMechanism}:${makeUrlToken(key, authorization.rump)}`;
}

/** What an authorized URL stands for; undefined when it is not valid, or not for this session, for whatever reason. RFC 4467 section 6. */
export async function openAuthorized(session: Session, text: string): Promise<UrlMessage | undefined> {
  const found = await findAuthorized(session.services, text, (access) => mayUse(session, access));
  return found && openUrl(session.services.store, found.owner.id, found.mailbox, found.url);
}

/**
 * Nobody is anonymous here, so `authuser` and `anonymous` mean every session that has logged in. `submit+` is for BURL alone
 * (RFC 4468), which does not come by IMAP. RFC 4467 section 3.
 */
function mayUse(session: Session, access: UrlAccess): boolean {
  switch (access.kind) {
    case 'submit':
      return false;
    case 'user':
      return findUrlUser(session.services.directory, access.user)?.id === session.currentAccount().id;
    default:
      return true;
  }
}
