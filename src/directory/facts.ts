/** What the directory tells people and programs of itself: plain data, U-labels, no secrets. */
import { displayAddress } from './address-text.ts';
import type { NamedRoute } from './directory.ts';
import { addressesIn } from './checks/check-domain.ts';
import type {
  AccountRecord,
  AliasRecord,
  AppPasswordRecord,
  DomainRecord,
  TlsPublicKeyRecord,
} from './directory-record.ts';
import type { DirectoryView } from './directory-tables.ts';
import { publicHalf } from './dkim/make-dkim-key.ts';
import { toUnicodeDomain } from '../base/domain-name.ts';

/** Number 1 is asked first; U-labels. */
export interface RouteFacts {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly minimumAttempts: number;
  readonly transport: string;
}

export interface DomainFacts {
  readonly domain: string;
  readonly disabled: boolean;
  readonly reportsOnly: boolean;
  readonly localpartCaseSensitive: boolean;
  readonly catchallSeparators: readonly string[];
  readonly routes: readonly RouteFacts[];
}

export interface AccountFacts {
  readonly name: string;
  readonly created: string;
  readonly hasPassword: boolean;
  readonly loginDisabled: string | null;
  readonly quotaBytes: number | null;
  readonly postmaster: boolean;
  /** `web-only`: programs need app passwords, keys or tokens. */
  readonly mainPassword: 'anywhere' | 'web-only';
  readonly administrator: boolean;
  readonly hiddenCapabilities: readonly string[];
  readonly uniqueReturnPaths: boolean;
  readonly copySent: boolean;
  /** null: as the server has it. */
  readonly recipientsPerDay: number | null;
  readonly newRecipientsPerDay: number | null;
  readonly routes: readonly RouteFacts[];
}

export interface AddressFacts {
  readonly address: string;
  readonly account: string;
  readonly mailbox: string;
}

export interface AliasFacts {
  readonly alias: string;
  readonly members: readonly string[];
  readonly postPublic: boolean;
  readonly listMembers: boolean;
  readonly allowMsgFrom: boolean;
}

/** As contract.md has it. */
export interface TlsPublicKeyFacts {
  readonly fingerprint: string;
  readonly name: string;
  readonly account: string;
  readonly loginAddress: string;
  readonly type: string;
  readonly imapPreauth: boolean;
  readonly created: string;
}

/** Nothing of the password itself. */
export interface AppPasswordFacts {
  readonly name: string;
  readonly id: string;
  readonly account: string;
  readonly protocols: readonly string[];
  readonly created: string;
  readonly expires: string | null;
}

/** A DKIM key without its private half. */
export interface DkimKeyFacts {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: string;
  readonly state: string;
  readonly since: string;
  /** base64 of the SubjectPublicKeyInfo; '' when the key cannot be read. */
  readonly publicKey: string;
}

/** Those of one domain: keys that sign first, then those that wait, then those that go. */
export function listDkimKeys(view: DirectoryView, domain: string): readonly DkimKeyFacts[] {
  const order = { active: 0, next: 1, retiring: 2 };
  return (view.dkimKeys.get(domain) ?? [])
    .toSorted((a, b) => order[a.state] - order[b.state] || (a.selector < b.selector ? -1 : 1))
    .map(({ selector, algorithm, state, since, privateKey }) => {
      const publicKey = publicHalf(algorithm, privateKey);
      return { domain: toUnicodeDomain(domain), selector, algorithm, state, since, publicKey };
    });
}

export function listDomains(view: DirectoryView): readonly DomainFacts[] {
  return sorted(view.domains.values(), ({ name }) => toUnicodeDomain(name)).map(domainFacts);
}

function domainFacts(record: DomainRecord): DomainFacts {
  return {
    domain: toUnicodeDomain(record.name),
    disabled: record.disabled,
    reportsOnly: record.reportsOnly,
    localpartCaseSensitive: record.caseSensitive,
    catchallSeparators: record.separators,
    routes: (record.routes ?? []).map(routeFacts),
  };
}

/** As people write it. */
export function routeFacts({ from, to, minimumAttempts, transport }: NamedRoute): RouteFacts {
  return { from: from.map(showPattern), to: to.map(showPattern), minimumAttempts, transport };
}

/** `.xn--bcher-kva.example` → `.bücher.example` */
export function showPattern(pattern: string): string {
  return pattern.startsWith('.') ? `.${toUnicodeDomain(pattern.slice(1))}` : toUnicodeDomain(pattern);
}

/** A domain with its addresses and aliases. */
export function showDomain(
  view: DirectoryView,
  record: DomainRecord,
): DomainFacts & { readonly addresses: readonly AddressFacts[]; readonly aliases: readonly string[] } {
  const addresses: AddressFacts[] = [];
  const aliases: string[] = [];
  for (const found of addressesIn(view, record.name)) {
    if (found.kind === 'address') addresses.push({ ...addressFacts(found) });
    else aliases.push(displayAddress(found.address));
  }
  return { ...domainFacts(record), addresses, aliases: aliases.toSorted() };
}

export function listAccounts(view: DirectoryView): readonly AccountFacts[] {
  return sorted(view.accounts.values(), ({ name }) => name).map((record) => accountFacts(view, record));
}

function accountFacts(view: DirectoryView, record: AccountRecord): AccountFacts {
  return {
    name: record.name,
    created: record.created,
    hasPassword: view.credentials.has(record.name),
    loginDisabled: record.loginDisabled ?? null,
    quotaBytes: record.quotaBytes ?? null,
    postmaster: view.settings.postmaster === record.name,
    mainPassword: record.mainPassword ?? 'anywhere',
    administrator: record.administrator ?? false,
    hiddenCapabilities: record.hiddenCapabilities ?? [],
    uniqueReturnPaths: record.uniqueReturnPaths ?? false,
    copySent: record.copySent ?? false,
    recipientsPerDay: record.recipientsPerDay ?? null,
    newRecipientsPerDay: record.newRecipientsPerDay ?? null,
    routes: (record.routes ?? []).map(routeFacts),
  };
}

/** An account with its addresses, the aliases that it is in, and its keys. */
export function showAccount(
  view: DirectoryView,
  record: AccountRecord,
): AccountFacts & {
  readonly addresses: readonly AddressFacts[];
  readonly aliases: readonly string[];
  readonly tlsPublicKeys: readonly TlsPublicKeyFacts[];
  readonly appPasswords: readonly AppPasswordFacts[];
} {
  const addresses = listAddresses(view).filter(({ account }) => account === record.name);
  const aliases = [...view.aliases.values()].filter(({ members }) =>
    members.some((member) => view.addresses.get(member)?.account === record.name),
  );
  return {
    ...accountFacts(view, record),
    addresses,
    aliases: aliases.map(({ address }) => displayAddress(address)).toSorted(),
    tlsPublicKeys: listTlsPublicKeys(view, record.name),
    appPasswords: listAppPasswords(view, record.name),
  };
}

export function listAddresses(view: DirectoryView): readonly AddressFacts[] {
  return sorted(view.addresses.values(), ({ address }) => displayAddress(address)).map(addressFacts);
}

function addressFacts({ address, account, mailbox }: AddressFacts): AddressFacts {
  return { address: displayAddress(address), account, mailbox };
}

export function listAliases(view: DirectoryView): readonly AliasFacts[] {
  return sorted(view.aliases.values(), ({ address }) => displayAddress(address)).map(aliasFacts);
}

export function aliasFacts(record: AliasRecord): AliasFacts {
  return {
    alias: displayAddress(record.address),
    members: record.members.map(displayAddress),
    postPublic: record.postPublic,
    listMembers: record.listMembers,
    allowMsgFrom: record.allowMsgFrom,
  };
}

/** All keys, or those of one account. */
export function listTlsPublicKeys(view: DirectoryView, account?: string): readonly TlsPublicKeyFacts[] {
  const records = [...view.tlsPublicKeys.values()].filter(
    (record) => account === undefined || record.account === account,
  );
  return sorted(records, ({ created, fingerprint }) => created + fingerprint).map(tlsPublicKeyFacts);
}

export function tlsPublicKeyFacts(record: TlsPublicKeyRecord): TlsPublicKeyFacts {
  const { fingerprint, name, account, type, imapPreauth, created } = record;
  return { fingerprint, name, account, loginAddress: displayAddress(record.loginAddress), type, imapPreauth, created };
}

export function listAppPasswords(view: DirectoryView, account: string): readonly AppPasswordFacts[] {
  const records: Iterable<AppPasswordRecord> = view.appPasswordsOf.get(account)?.values() ?? [];
  return sorted(records, ({ created, name }) => created + name).map((record) => ({
    name: record.name,
    id: record.id,
    account,
    protocols: record.protocols,
    created: record.created,
    expires: record.expires ?? null,
  }));
}

function sorted<T>(records: Iterable<T>, by: (record: T) => string): readonly T[] {
  const keyed = Array.from(records, (record) => ({ record, key: by(record) }));
  return keyed.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(({ record }) => record);
}
