import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import { readAddressKey, readDomainKey } from '../address-key.ts';
import { resolveMember } from '../checks/check-alias.ts';
import { directoryChange } from '../directory-change.ts';
import type { DirectoryChange } from '../directory-change.ts';
import type { NamedRoute } from '../directory.ts';
import type { DirectoryConflict } from '../directory-conflict.ts';
import { recordKey } from '../directory-record.ts';
import type { DirectoryRecord } from '../directory-record.ts';
import { allRecords, DirectoryTables, kindOrder } from '../directory-tables.ts';
import type { DirectoryView } from '../directory-tables.ts';
import { buildTables } from '../load-tables.ts';
import { appPasswordId } from '../passwords/app-password.ts';
import type { Credential } from '../passwords/credential.ts';
import { readDkimKey } from '../dkim/make-dkim-key.ts';
import { readCertificate } from '../read-certificate.ts';
import type { DirectoryDocument } from './directory-document.ts';

export interface ApplyOptions {
  /** Remove what the document does not have. */
  readonly prune: boolean;
  /** ISO 8601. */
  readonly now: string;
  /** By account name: made of the document's passwords. */
  readonly credentials: ReadonlyMap<string, Credential>;
}

/**
 * The change that makes the directory what the document says. Objects that it has are created or updated; others stay,
 * or go with `prune`. The result is checked as a whole, as at start, so the order of things does not matter and all
 * conflicts come at once.
 */
export function planApply(
  view: DirectoryView,
  document: DirectoryDocument,
  options: ApplyOptions,
): Result<DirectoryChange, readonly DirectoryConflict[]> {
  const plan = new Plan(view, document, options);
  plan.add();
  if (plan.faults.length > 0) return fail(plan.faults);
  const kept = [...allRecords(view)].filter((record) => plan.keeps(record));
  const wanted = [...kept, ...plan.records].toSorted((a, b) => kindOrder[a.kind] - kindOrder[b.kind]);
  const { conflicts } = buildTables(wanted, view.accountIds);
  return conflicts.length > 0 ? fail(conflicts) : ok(difference(view, wanted, document));
}

class Plan {
  readonly records: DirectoryRecord[] = [];
  readonly faults: DirectoryConflict[] = [];
  readonly #given = new Set<string>();
  readonly #view: DirectoryView;
  readonly #document: DirectoryDocument;
  readonly #options: ApplyOptions;
  readonly #accounts: ReadonlySet<string>;
  /** Those of the document, by their name as it is kept. */
  readonly #domains = new Map<string, DirectoryDocument['domains'][string]>();

  constructor(view: DirectoryView, document: DirectoryDocument, options: ApplyOptions) {
    this.#view = view;
    this.#document = document;
    this.#options = options;
    this.#accounts = new Set(Object.keys(document.accounts).map((name) => name.normalize('NFC')));
  }

  add(): void {
    for (const [name, entry] of Object.entries(this.#document.domains)) this.#addDomain(name, entry);
    for (const [name, entry] of Object.entries(this.#document.accounts)) this.#addAccount(name.normalize('NFC'), entry);
    const tables = this.#withoutAliases();
    for (const [name, entry] of Object.entries(this.#document.aliases)) this.#addAlias(tables, name, entry);
    const postmaster = this.#document.postmaster ?? (this.#keepsPostmaster() ? undefined : [...this.#accounts][0]);
    if (postmaster !== undefined) this.#push({ ...this.#view.settings, kind: 'settings', postmaster });
  }

  /** A record of the directory that the document leaves as it is. */
  keeps(record: DirectoryRecord): boolean {
    if (this.#given.has(keyText(record))) return false;
    switch (record.kind) {
      case 'settings':
        return true;
      case 'credential':
      case 'app-password':
      case 'tls-public-key':
        return this.#accounts.has(record.account) || !this.#options.prune;
      case 'account':
        return !this.#options.prune;
      case 'dkim-key': {
        const entry = this.#domains.get(record.domain);
        return entry === undefined ? !this.#options.prune : entry['dkim-keys'] === undefined;
      }
      case 'address':
        return this.#document.accounts[record.account]?.addresses
          ? false
          : this.#accounts.has(record.account) || !this.#options.prune;
      default:
        return !this.#options.prune;
    }
  }

  #keepsPostmaster(): boolean {
    const { postmaster } = this.#view.settings;
    return postmaster !== undefined && (this.#accounts.has(postmaster) || !this.#options.prune);
  }

  #push(record: DirectoryRecord): void {
    this.records.push(record);
    this.#given.add(keyText(record));
  }

  #addDomain(text: string, entry: DirectoryDocument['domains'][string]): void {
    const name = this.#read(readDomainKey(text));
    if (name === undefined) return;
    this.#push({
      kind: 'domain',
      name,
      caseSensitive: entry['localpart-case-sensitive'],
      separators: entry['catchall-separators'],
      reportsOnly: entry['reports-only'],
      disabled: entry.disabled,
      ...routesOf(entry.routes),
    });
    this.#domains.set(name, entry);
    for (const key of entry['dkim-keys'] ?? []) this.#addDkimKey(name, key);
  }

  #addDkimKey(domain: string, entry: NonNullable<DirectoryDocument['domains'][string]['dkim-keys']>[number]): void {
    const { selector, algorithm, state, 'private-key': privateKey } = entry;
    if (!readDkimKey(algorithm, privateKey).ok) {
      this.#read(fail(`the DKIM key ${selector} of ${domain} is no private key of ${algorithm} (base64 of PKCS#8)`));
    }
    const since = entry.since ?? this.#options.now;
    this.#push({ kind: 'dkim-key', domain, selector: selector.toLowerCase(), algorithm, privateKey, state, since });
  }

  #addAccount(name: string, entry: DirectoryDocument['accounts'][string]): void {
    const { quota, 'login-disabled': loginDisabled, 'main-password': mainPassword } = entry;
    const { 'recipients-per-day': recipientsPerDay, 'new-recipients-per-day': newRecipientsPerDay } = entry;
    this.#push({
      kind: 'account',
      name,
      created: this.#view.accounts.get(name)?.created ?? this.#options.now,
      ...(quota === undefined ? {} : { quotaBytes: quota }),
      ...(loginDisabled === undefined ? {} : { loginDisabled }),
      ...(mainPassword === 'web-only' ? { mainPassword } : {}),
      ...(entry.admin === true ? { administrator: true } : {}),
      ...hiddenOf(entry['hidden-capabilities']),
      ...(entry['unique-return-paths'] === true ? { uniqueReturnPaths: true } : {}),
      ...(entry['copy-sent'] === true ? { copySent: true } : {}),
      ...(recipientsPerDay === undefined ? {} : { recipientsPerDay }),
      ...(newRecipientsPerDay === undefined ? {} : { newRecipientsPerDay }),
      ...routesOf(entry.routes),
    });
    const credential = this.#options.credentials.get(name) ?? entry.credential;
    if (credential) this.#push({ kind: 'credential', account: name, credential });
    for (const { address, mailbox } of entry.addresses ?? []) {
      const key = this.#read(readAddressKey(address));
      if (key !== undefined)
        this.#push({ kind: 'address', address: key, account: name, mailbox: mailbox.normalize('NFC') });
    }
    for (const key of entry['tls-public-keys'] ?? []) this.#addTlsPublicKey(name, key);
    for (const one of entry['app-passwords'] ?? []) {
      this.#push({
        ...{ kind: 'app-password', id: appPasswordId(one.secret), account: name, name: one.name },
        ...{ protocols: one.protocols, created: one.created, secret: one.secret },
        ...(one.expires === undefined ? {} : { expires: one.expires }),
      });
    }
  }

  #addTlsPublicKey(
    account: string,
    entry: NonNullable<DirectoryDocument['accounts'][string]['tls-public-keys']>[number],
  ): void {
    const loginAddress = this.#read(readAddressKey(entry['login-address']));
    const certificate = this.#read(readCertificate(Buffer.from(entry.certificate, 'base64')));
    if (loginAddress === undefined || !certificate) return;
    const { fingerprint, type, der } = certificate;
    this.#push({
      kind: 'tls-public-key',
      fingerprint,
      name: entry.name,
      account,
      loginAddress,
      type,
      imapPreauth: entry['imap-preauth'],
      created: this.#view.tlsPublicKeys.get(fingerprint)?.created ?? this.#options.now,
      certificate: der.toString('base64'),
    });
  }

  #addAlias(tables: DirectoryView, text: string, entry: DirectoryDocument['aliases'][string]): void {
    const address = this.#read(readAddressKey(text));
    if (address === undefined) return;
    const members = entry.members.flatMap((member) => this.#read(readAddressKey(member)) ?? []);
    this.#push({
      kind: 'alias',
      address,
      members: members.map((member) => resolveMember(tables, member)),
      postPublic: entry['post-public'],
      listMembers: entry['list-members'],
      allowMsgFrom: entry['allow-msg-from'],
    });
  }

  /** Everything that members of aliases can be. */
  #withoutAliases(): DirectoryTables {
    const tables = new DirectoryTables();
    const records = [...[...allRecords(this.#view)].filter((record) => this.keeps(record)), ...this.records];
    tables.apply({ remove: [], put: records.filter(({ kind }) => kind === 'domain' || kind === 'address') });
    return tables;
  }

  #read<T>(result: Result<T, string>): T | undefined {
    if (result.ok) return result.value;
    this.faults.push({ reason: 'invalid', message: result.error });
    return undefined;
  }
}

function routesOf(entries: DirectoryDocument['accounts'][string]['routes']): {
  readonly routes?: readonly NamedRoute[];
} {
  if (entries === undefined || entries.length === 0) return {};
  const routes = entries.map(({ 'minimum-attempts': minimumAttempts, ...rest }) => ({ ...rest, minimumAttempts }));
  return { routes };
}

/** Only what really differs, so that applying the same document again is no edit at all. */
function difference(
  view: DirectoryView,
  wanted: readonly DirectoryRecord[],
  document: DirectoryDocument,
): DirectoryChange {
  const before = new Map(Array.from(allRecords(view), (record) => [keyText(record), record]));
  const after = new Map(wanted.map((record) => [keyText(record), record]));
  const put = wanted.filter((record) => !isEqual(before.get(keyText(record)), record));
  const gone = [...before].filter(([key]) => !after.has(key)).map(([, record]) => record);
  const created = put.filter((record) => record.kind === 'account' && !view.accounts.has(record.name));
  return directoryChange({
    put,
    remove: gone.map(recordKey),
    createAccounts: created.map((record) => {
      const { id: name } = recordKey(record);
      return { name, mailboxes: document.accounts[name]?.mailboxes ?? 'standard' };
    }),
    removeAccounts: gone.filter(({ kind }) => kind === 'account').map((record) => recordKey(record).id),
  });
}

function keyText(record: DirectoryRecord): string {
  const { kind, id } = recordKey(record);
  return `${kind} ${id}`;
}

/** Keys in any order. */
function isEqual(a: DirectoryRecord | undefined, b: DirectoryRecord): boolean {
  return a !== undefined && sortedJson(a) === sortedJson(b);
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function hiddenOf(names: readonly string[] | undefined): { readonly hiddenCapabilities?: readonly string[] } {
  return names === undefined || names.length === 0 ? {} : { hiddenCapabilities: names };
}
