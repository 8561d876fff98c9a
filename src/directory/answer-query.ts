import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';
import { exportDocument } from './document/export-document.ts';
import type { DirectoryConflict } from './directory-conflict.ts';
import type { DirectoryView } from './directory-tables.ts';
import {
  aliasFacts,
  listAccounts,
  listAddresses,
  listAliases,
  listAppPasswords,
  listDkimKeys,
  listDomains,
  listTlsPublicKeys,
  showAccount,
  showDomain,
  tlsPublicKeyFacts,
} from './facts.ts';
import { getAccount, getAlias, getDomain } from './operations/operation.ts';

/** A question about the directory as plain data, as it comes over the control socket. */
export type DirectoryQuery =
  | { readonly ask: 'domains' | 'accounts' | 'addresses' | 'aliases' | 'settings' }
  | { readonly ask: 'domain' | 'dkim-keys' | 'account' | 'alias' | 'tls-public-key'; readonly name: string }
  | { readonly ask: 'tls-public-keys'; readonly account?: string }
  | { readonly ask: 'app-passwords'; readonly account: string }
  | { readonly ask: 'export'; readonly withCredentials: boolean };

/** The facts asked for, as JSON can carry them. */
export function answerQuery(view: DirectoryView, query: DirectoryQuery): Result<unknown, DirectoryConflict> {
  switch (query.ask) {
    case 'domains':
      return ok(listDomains(view));
    case 'accounts':
      return ok(listAccounts(view));
    case 'addresses':
      return ok(listAddresses(view));
    case 'aliases':
      return ok(listAliases(view));
    case 'settings':
      return ok({ postmaster: view.settings.postmaster ?? null });
    case 'domain': {
      const record = getDomain(view, query.name);
      return record.ok ? ok(showDomain(view, record.value)) : record;
    }
    case 'dkim-keys': {
      const record = getDomain(view, query.name);
      return record.ok ? ok(listDkimKeys(view, record.value.name)) : record;
    }
    case 'account': {
      const record = getAccount(view, query.name);
      return record.ok ? ok(showAccount(view, record.value)) : record;
    }
    case 'alias': {
      const record = getAlias(view, query.name);
      return record.ok ? ok(aliasFacts(record.value)) : record;
    }
    case 'tls-public-key':
      return showTlsPublicKey(view, query.name);
    case 'tls-public-keys': {
      if (query.account === undefined) return ok(listTlsPublicKeys(view));
      const record = getAccount(view, query.account);
      return record.ok ? ok(listTlsPublicKeys(view, record.value.name)) : record;
    }
    case 'app-passwords': {
      const record = getAccount(view, query.account);
      return record.ok ? ok(listAppPasswords(view, record.value.name)) : record;
    }
    case 'export':
      return ok(exportDocument(view, { withCredentials: query.withCredentials }));
    default:
      return fail({ reason: 'invalid', message: 'there is no such question' });
  }
}

function showTlsPublicKey(view: DirectoryView, fingerprint: string): Result<unknown, DirectoryConflict> {
  const record = view.tlsPublicKeys.get(fingerprint);
  if (record) return ok({ ...tlsPublicKeyFacts(record), certificate: record.certificate });
  return fail({ reason: 'unknown', message: `there is no TLS public key with the fingerprint "${fingerprint}"` });
}
