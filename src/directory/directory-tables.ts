import type { AccountId } from '../store/ids.ts';
import { parsePrinted } from './address-key.ts';
import { canonicalAddress } from './canonical-address.ts';
import type { LocalPartRules } from './canonical-address.ts';
import type { DirectoryChange } from './directory-change.ts';
import { recordKey } from './directory-record.ts';
import type {
  AccountRecord,
  AddressRecord,
  AliasRecord,
  AppPasswordRecord,
  CredentialRecord,
  DirectoryRecord,
  DkimKeyRecord,
  DomainRecord,
  RecordKey,
  SettingsRecord,
  TlsPublicKeyRecord,
} from './directory-record.ts';

/** The directory as checks and lookups see it: every question is one look into a map. */
export interface DirectoryView {
  readonly settings: SettingsRecord;
  readonly domains: ReadonlyMap<string, DomainRecord>;
  readonly accounts: ReadonlyMap<string, AccountRecord>;
  readonly accountIds: ReadonlyMap<string, AccountId>;
  readonly credentials: ReadonlyMap<string, CredentialRecord>;
  readonly appPasswords: ReadonlyMap<string, AppPasswordRecord>;
  /** By account, then by id. */
  readonly appPasswordsOf: ReadonlyMap<string, ReadonlyMap<string, AppPasswordRecord>>;
  /** By `address`, as configured; catchalls too. */
  readonly addresses: ReadonlyMap<string, AddressRecord>;
  readonly aliases: ReadonlyMap<string, AliasRecord>;
  /** Addresses (catchalls under `@example.org`) and aliases by their canonical form. */
  readonly byCanonical: ReadonlyMap<string, AddressRecord | AliasRecord>;
  readonly tlsPublicKeys: ReadonlyMap<string, TlsPublicKeyRecord>;
  /** By domain. */
  readonly dkimKeys: ReadonlyMap<string, readonly DkimKeyRecord[]>;
  findAccountName(id: AccountId): string | undefined;
}

const noSettings: SettingsRecord = { kind: 'settings' };

/** The maps. Changed in place and in one synchronous step, so no lookup ever sees half an edit. */
export class DirectoryTables implements DirectoryView {
  settings: SettingsRecord = noSettings;
  readonly domains = new Map<string, DomainRecord>();
  readonly accounts = new Map<string, AccountRecord>();
  accountIds: ReadonlyMap<string, AccountId> = new Map();
  readonly credentials = new Map<string, CredentialRecord>();
  readonly appPasswords = new Map<string, AppPasswordRecord>();
  readonly appPasswordsOf = new Map<string, Map<string, AppPasswordRecord>>();
  readonly addresses = new Map<string, AddressRecord>();
  readonly aliases = new Map<string, AliasRecord>();
  readonly byCanonical = new Map<string, AddressRecord | AliasRecord>();
  readonly tlsPublicKeys = new Map<string, TlsPublicKeyRecord>();
  readonly dkimKeys = new Map<string, readonly DkimKeyRecord[]>();
  readonly #accountNames = new Map<AccountId, string>();

  findAccountName(id: AccountId): string | undefined {
    return this.#accountNames.get(id);
  }

  setAccountIds(ids: ReadonlyMap<string, AccountId>): void {
    this.accountIds = ids;
    this.#accountNames.clear();
    for (const [name, id] of ids) this.#accountNames.set(id, name);
  }

  /** Assumes that the change passed its checks. */
  apply(change: Pick<DirectoryChange, 'put' | 'remove'>): void {
    for (const key of change.remove) this.remove(key);
    for (const record of change.put.toSorted((a, b) => kindOrder[a.kind] - kindOrder[b.kind])) this.put(record);
  }

  /** A domain must be there before its addresses, whose canonical form depends on it. */
  put(record: DirectoryRecord): void {
    if (record.kind === 'domain') {
      const before = this.domains.get(record.name);
      this.domains.set(record.name, record);
      if (before && !sameRules(before, record)) this.#reindex(record.name);
      return;
    }
    this.remove(recordKey(record));
    switch (record.kind) {
      case 'account':
        this.accounts.set(record.name, record);
        break;
      case 'credential':
        this.credentials.set(record.account, record);
        break;
      case 'app-password':
        this.#putAppPassword(record);
        break;
      case 'address':
        this.addresses.set(record.address, record);
        this.byCanonical.set(canonicalKey(this, record.address), record);
        break;
      case 'alias':
        this.aliases.set(record.address, record);
        this.byCanonical.set(canonicalKey(this, record.address), record);
        break;
      case 'tls-public-key':
        this.tlsPublicKeys.set(record.fingerprint, record);
        break;
      case 'dkim-key':
        this.dkimKeys.set(record.domain, [...(this.dkimKeys.get(record.domain) ?? []), record]);
        break;
      case 'settings':
        this.settings = record;
        break;
    }
  }

  remove(key: RecordKey): void {
    switch (key.kind) {
      case 'domain':
        this.domains.delete(key.id);
        break;
      case 'account':
        this.accounts.delete(key.id);
        break;
      case 'credential':
        this.credentials.delete(key.id);
        break;
      case 'app-password':
        this.#removeAppPassword(key.id);
        break;
      case 'address':
      case 'alias': {
        const record = (key.kind === 'address' ? this.addresses : this.aliases).get(key.id);
        if (!record) break;
        const canonical = canonicalKey(this, key.id);
        if (this.byCanonical.get(canonical) === record) this.byCanonical.delete(canonical);
        (key.kind === 'address' ? this.addresses : this.aliases).delete(key.id);
        break;
      }
      case 'tls-public-key':
        this.tlsPublicKeys.delete(key.id);
        break;
      case 'dkim-key': {
        const [domain = '', selector] = key.id.split('/');
        const rest = (this.dkimKeys.get(domain) ?? []).filter((one) => one.selector !== selector);
        if (rest.length > 0) this.dkimKeys.set(domain, rest);
        else this.dkimKeys.delete(domain);
        break;
      }
      case 'settings':
        this.settings = noSettings;
        break;
    }
  }

  #putAppPassword(record: AppPasswordRecord): void {
    this.appPasswords.set(record.id, record);
    const others = this.appPasswordsOf.get(record.account);
    if (others) others.set(record.id, record);
    else this.appPasswordsOf.set(record.account, new Map([[record.id, record]]));
  }

  #removeAppPassword(id: string): void {
    const account = this.appPasswords.get(id)?.account ?? '';
    this.appPasswords.delete(id);
    const others = this.appPasswordsOf.get(account);
    others?.delete(id);
    if (others?.size === 0) this.appPasswordsOf.delete(account);
  }

  /** The rules of a domain may have changed: its addresses get new canonical forms. */
  #reindex(domain: string): void {
    const suffix = `@${domain}`;
    for (const canonical of this.byCanonical.keys()) if (canonical.endsWith(suffix)) this.byCanonical.delete(canonical);
    for (const records of [this.addresses, this.aliases]) {
      for (const record of records.values()) {
        if (record.address.endsWith(suffix)) this.byCanonical.set(canonicalKey(this, record.address), record);
      }
    }
  }
}

/** All records, those that others need first. */
export function* allRecords(view: DirectoryView): Iterable<DirectoryRecord> {
  for (const records of [view.domains, view.accounts, view.credentials, view.addresses, view.aliases]) {
    yield* records.values();
  }
  yield* view.appPasswords.values();
  yield* view.tlsPublicKeys.values();
  for (const keys of view.dkimKeys.values()) yield* keys;
  yield view.settings;
}

/** In which order records are added, so that each finds what it needs. */
export const kindOrder: Readonly<Record<DirectoryRecord['kind'], number>> = {
  domain: 0,
  account: 1,
  credential: 2,
  'app-password': 3,
  address: 4,
  alias: 5,
  'tls-public-key': 6,
  'dkim-key': 7,
  settings: 8,
};

function sameRules(a: DomainRecord, b: DomainRecord): boolean {
  return a.caseSensitive === b.caseSensitive && a.separators.join(' ') === b.separators.join(' ');
}

/** The canonical form of a configured address or catchall under the rules of its domain. */
export function canonicalKey(view: { readonly domains: ReadonlyMap<string, LocalPartRules> }, printed: string): string {
  const parts = parsePrinted(printed);
  return parts.localPart === undefined ? printed : canonicalAddress(parts, view.domains.get(parts.domain));
}
