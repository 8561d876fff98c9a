import type { Clock } from '../base/clock.ts';
import { parseAddress } from '../directory/address-text.ts';
import type { Account, Directory } from '../directory/directory.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { Store } from '../store/store.ts';
import { parseImapUrl, type ImapUrl, type UrlAccess } from '../wire/imap/imap-url.ts';
import { findUrlKey, isUrlToken } from './url-keys.ts';

/** The one mechanism. RFC 4467 section 2.4.1. */
export const urlMechanism = 'INTERNAL';

export interface UrlServices {
  readonly store: Pick<Store, 'findMailbox' | 'readAnnotations'>;
  readonly directory: Pick<Directory, 'lookupRecipient'>;
  readonly clock: Clock;
}

/** The mailbox of a URL that names a user. */
export interface OwnedUrl {
  readonly owner: Account;
  readonly mailbox: Mailbox;
}

/**
 * What an authorized URL stands for; undefined when it is not valid, or not for this client, for whatever reason. RFC 4467
 * section 6. `mayUse` judges its access identifier.
 */
export async function findAuthorized(
  services: UrlServices,
  text: string,
  mayUse: (access: UrlAccess) => boolean,
): Promise<(OwnedUrl & { readonly url: ImapUrl }) | undefined> {
  const parsed = parseImapUrl(text);
  if (!parsed.ok) return undefined;
  const url = parsed.value;
  const { authorization } = url;
  const { verifier } = authorization ?? {};
  if (authorization === undefined || verifier?.mechanism !== urlMechanism) return undefined;
  const owned = await findOwned(services, url);
  const key = owned && (await findUrlKey(services.store, targetOf(owned)));
  if (!isUrlToken(key, authorization.rump, verifier.token) || owned === undefined) return undefined;
  const { expiresAtMs, access } = authorization;
  const hasExpired = expiresAtMs !== undefined && services.clock.now() > expiresAtMs;
  if (hasExpired || !mayUse(access)) return undefined;
  // The URL gives what its owner may do, and no more.
  return owned.owner.loginDisabled === undefined ? { ...owned, url } : undefined;
}

export async function findOwned(
  { store, directory }: Pick<UrlServices, 'store' | 'directory'>,
  url: ImapUrl,
): Promise<OwnedUrl | undefined> {
  const owner = url.server?.user === undefined ? undefined : findUrlUser(directory, url.server.user);
  const mailbox = owner && (await store.findMailbox(owner.id, url.mailbox));
  return owner && mailbox && { owner, mailbox };
}

export function targetOf({ owner, mailbox }: OwnedUrl): { accountId: Account['id']; mailboxId: Mailbox['id'] } {
  return { accountId: owner.id, mailboxId: mailbox.id };
}

/** A user is an address that logs in. */
export function findUrlUser(directory: Pick<Directory, 'lookupRecipient'>, user: string): Account | undefined {
  const address = parseAddress(user);
  const found = address.ok ? directory.lookupRecipient(address.value) : undefined;
  return found?.kind === 'account' ? found.recipient.account : undefined;
}
