import { displayAddress } from '../address-text.ts';
import type { NamedRoute } from '../directory.ts';
import type { AppPasswordRecord } from '../directory-record.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { toUnicodeDomain } from '../../base/domain-name.ts';
import { showPattern } from '../facts.ts';
import type { DkimKeyRecord } from '../directory-record.ts';
import type { AccountEntry, DirectoryDocumentInput } from './directory-document.ts';

type Accounts = NonNullable<DirectoryDocumentInput['accounts']>;

/**
 * The whole directory as a document that `apply` takes back. Passwords cannot be had; their hashes, and the private keys
 * of DKIM, only when asked for.
 */
export function exportDocument(
  view: DirectoryView,
  { withCredentials }: { readonly withCredentials: boolean },
): DirectoryDocumentInput {
  const domains: NonNullable<DirectoryDocumentInput['domains']> = {};
  for (const record of view.domains.values()) {
    const keys = view.dkimKeys.get(record.name);
    domains[toUnicodeDomain(record.name)] = {
      'localpart-case-sensitive': record.caseSensitive,
      'catchall-separators': [...record.separators],
      'reports-only': record.reportsOnly,
      disabled: record.disabled,
      ...exportRoutes(record.routes),
      ...(withCredentials && keys !== undefined ? { 'dkim-keys': keys.map(exportDkimKey) } : {}),
    };
  }
  const aliases: NonNullable<DirectoryDocumentInput['aliases']> = {};
  for (const record of view.aliases.values()) {
    aliases[displayAddress(record.address)] = {
      members: record.members.map(displayAddress),
      'post-public': record.postPublic,
      'list-members': record.listMembers,
      'allow-msg-from': record.allowMsgFrom,
    };
  }
  const { postmaster } = view.settings;
  const accounts = exportAccounts(view, withCredentials);
  return { domains, accounts, aliases, ...(postmaster === undefined ? {} : { postmaster }) };
}

function exportRoutes(routes: readonly NamedRoute[] | undefined) {
  if (routes === undefined) return {};
  const shown = (domains: readonly string[]): string[] => domains.map(showPattern);
  return {
    routes: routes.map(({ from, to, minimumAttempts, transport }) => ({
      ...(from.length === 0 ? {} : { from: shown(from) }),
      ...(to.length === 0 ? {} : { to: shown(to) }),
      ...(minimumAttempts === 0 ? {} : { 'minimum-attempts': minimumAttempts }),
      transport,
    })),
  };
}

function exportDkimKey({ selector, algorithm, privateKey, state, since }: DkimKeyRecord) {
  return { selector, algorithm, 'private-key': privateKey, state, since };
}

function exportAccounts(view: DirectoryView, withCredentials: boolean): Accounts {
  const accounts = new Map<string, AccountEntry>();
  for (const record of view.accounts.values()) {
    const credential = withCredentials ? view.credentials.get(record.name)?.credential : undefined;
    const appPasswords = withCredentials ? [...(view.appPasswordsOf.get(record.name)?.values() ?? [])] : [];
    accounts.set(record.name, {
      addresses: [],
      ...(record.quotaBytes === undefined ? {} : { quota: record.quotaBytes }),
      ...(record.loginDisabled === undefined ? {} : { 'login-disabled': record.loginDisabled }),
      ...(record.mainPassword === undefined ? {} : { 'main-password': record.mainPassword }),
      ...(record.administrator === undefined ? {} : { admin: true }),
      ...(record.hiddenCapabilities === undefined ? {} : { 'hidden-capabilities': [...record.hiddenCapabilities] }),
      ...(record.uniqueReturnPaths === undefined ? {} : { 'unique-return-paths': true }),
      ...(record.copySent === undefined ? {} : { 'copy-sent': true }),
      ...(record.recipientsPerDay === undefined ? {} : { 'recipients-per-day': record.recipientsPerDay }),
      ...(record.newRecipientsPerDay === undefined ? {} : { 'new-recipients-per-day': record.newRecipientsPerDay }),
      ...exportRoutes(record.routes),
      ...(credential === undefined ? {} : { credential }),
      ...(appPasswords.length === 0 ? {} : { 'app-passwords': appPasswords.map(exportAppPassword) }),
    });
  }
  for (const { address, account, mailbox } of view.addresses.values()) {
    const shown = displayAddress(address);
    accounts.get(account)?.addresses?.push(mailbox === 'INBOX' ? shown : { address: shown, mailbox });
  }
  for (const key of view.tlsPublicKeys.values()) {
    const entry = accounts.get(key.account);
    if (!entry) continue;
    (entry['tls-public-keys'] ??= []).push({
      certificate: key.certificate,
      'login-address': displayAddress(key.loginAddress),
      name: key.name,
      'imap-preauth': key.imapPreauth,
    });
  }
  return Object.fromEntries(accounts);
}

function exportAppPassword({ name, protocols, created, expires, secret }: AppPasswordRecord) {
  return { name, protocols: [...protocols], created, ...(expires === undefined ? {} : { expires }), secret };
}
