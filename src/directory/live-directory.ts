import type { Clock } from '../base/clock.ts';
import type { AccountId } from '../store/ids.ts';
import { parseAddress, printAddress } from './address-text.ts';
import { canonicalAddress, cutAtSeparator } from './canonical-address.ts';
import type {
  Account,
  AddressParts,
  AliasRecipient,
  Directory,
  DkimSigningKey,
  LocalRecipient,
  LoginOutcome,
  LoginProof,
  LoginProtocol,
  NamedRoute,
  RecipientLookup,
  ScramVerifier,
  SendingRules,
  TlsKey,
} from './directory.ts';
import type { AddressRecord, AliasRecord } from './directory-record.ts';
import { DirectoryEditor } from './directory-editor.ts';
import type { DirectoryOptions } from './directory-options.ts';
import type { DirectoryView } from './directory-tables.ts';
import { canonicalKey } from './directory-tables.ts';
import { normalizeDomain } from './normalize-domain.ts';
import { findLogin, findRecipient } from './find-recipient.ts';
import { ExpiryAlarm } from './passwords/expiry-alarm.ts';
import { PasswordLogins } from './passwords/password-logins.ts';
import type { ProvenLogin } from './passwords/password-logins.ts';
import { fingerprintOf } from './read-certificate.ts';
import { PasswordUpgrades } from './passwords/password-upgrades.ts';
import { canonicalLogin, ensureLoginSecret, findScramVerifier, placeOf } from './passwords/scram-verifiers.ts';
import { StrengthMix } from './passwords/strength-mix.ts';

const noRoutes: readonly NamedRoute[] = [];
const badCredentials: LoginOutcome = { ok: false, reason: 'bad-credentials' };

/**
 * Reads the directory and keeps it true: edits made here and in other processes take effect at once.
 * @throws DirectoryInvalid when what is stored breaks the rules.
 */
export async function openDirectory(options: DirectoryOptions): Promise<LiveDirectory> {
  const editor = await DirectoryEditor.open(options);
  try {
    await ensureLoginSecret(editor);
  } catch (error) {
    editor.close();
    throw error;
  }
  return new LiveDirectory(editor, options);
}

/** Lookups over tables in memory, and logins. */
export class LiveDirectory implements Directory {
  readonly editor: DirectoryEditor;
  #hostnames: ReadonlySet<string>;
  readonly #clock: Clock;
  readonly #passwords: PasswordLogins;
  readonly #upgrades: PasswordUpgrades;
  /** Made when it is asked for, of what is there now. */
  #mix: StrengthMix | undefined;
  readonly #alarm: ExpiryAlarm;
  readonly #listeners = new Set<() => void>();
  readonly #stopWatching: () => void;

  constructor(editor: DirectoryEditor, options: DirectoryOptions) {
    this.editor = editor;
    this.#hostnames = new Set(options.hostnames);
    this.#clock = options.clock;
    this.#upgrades = new PasswordUpgrades(editor, options.clock, options.log);
    this.#passwords = new PasswordLogins({
      view: () => editor.view,
      clock: options.clock,
      upgrades: this.#upgrades,
      parametersFor: (login) => this.#strengths().hashAt(placeOf(editor.view, login)),
    });
    this.#alarm = new ExpiryAlarm(options.clock, () => this.#announce());
    this.#alarm.set(editor.view);
    this.#stopWatching = editor.watch(() => {
      this.#mix = undefined;
      this.#alarm.set(editor.view);
      this.#announce();
    });
  }

  get view(): DirectoryView {
    return this.editor.view;
  }

  lookupRecipient(address: AddressParts): RecipientLookup {
    const found = findRecipient(this.view, address, this.#hostnames);
    switch (found.kind) {
      case 'address': {
        const recipient = this.#recipient(found.record);
        return recipient ? { kind: 'account', recipient, canonical: found.canonical } : { kind: 'unknown-address' };
      }
      case 'postmaster': {
        const account = this.#account(found.account);
        if (!account) return { kind: 'unknown-address' };
        const { canonical } = found;
        return { kind: 'account', recipient: { account, address: canonical, mailbox: 'INBOX' }, canonical };
      }
      case 'alias':
        return { kind: 'alias', alias: this.#aliasRecipient(found.record), canonical: found.canonical };
      default:
        return found;
    }
  }

  canonicalAddress(address: AddressParts): string {
    return canonicalAddress(address, this.view.domains.get(normalizeDomain(address.domain)));
  }

  isLocalDomain(domain: string): boolean {
    return this.view.domains.has(normalizeDomain(domain));
  }

  maySendAs(account: Account, address: AddressParts): 'yes' | 'no' | 'domain-disabled' {
    const domain = this.view.domains.get(normalizeDomain(address.domain));
    // Whose address it is does not change while its domain is disabled.
    const found = findRecipient(this.view, address, this.#hostnames, 'also-disabled');
    if (!this.#owns(account.name, found)) return 'no';
    return domain?.disabled ? 'domain-disabled' : 'yes';
  }

  #owns(account: string, found: ReturnType<typeof findRecipient>): boolean {
    switch (found.kind) {
      case 'address':
        return found.record.account === account;
      case 'postmaster':
        return found.account === account;
      case 'alias':
        return (
          found.record.allowMsgFrom &&
          found.record.members.some((member) => this.view.addresses.get(member)?.account === account)
        );
      default:
        return false;
    }
  }

  sendingRulesOf({ name }: Account): SendingRules {
    const record = this.view.accounts.get(name);
    return {
      uniqueReturnPaths: record?.uniqueReturnPaths ?? false,
      copySent: record?.copySent ?? false,
      recipientsPerDay: record?.recipientsPerDay,
      newRecipientsPerDay: record?.newRecipientsPerDay,
    };
  }

  routesOfAccount(id: AccountId): readonly NamedRoute[] {
    return this.view.accounts.get(this.view.findAccountName(id) ?? '')?.routes ?? noRoutes;
  }

  routesOfDomain(domain: string): readonly NamedRoute[] {
    return this.view.domains.get(domain)?.routes ?? noRoutes;
  }

  tagAddress({ localPart, domain }: AddressParts, tag: string): ReturnType<Directory['tagAddress']> {
    const rules = this.view.domains.get(normalizeDomain(domain));
    const [separator] = rules?.separators ?? [];
    if (rules === undefined || separator === undefined) return undefined;
    const base = cutAtSeparator(localPart, rules);
    return { address: { localPart: `${base}${separator}${tag}`, domain }, hadTag: base !== localPart };
  }

  dkimKeysOf(domain: string): readonly DkimSigningKey[] {
    return (this.view.dkimKeys.get(normalizeDomain(domain)) ?? []).filter(({ state }) => state === 'active');
  }

  async checkPassword(
    login: string,
    password: string,
    protocol: LoginProtocol,
    isKnown = false,
  ): Promise<LoginOutcome> {
    return this.#admit(await this.#passwords.check(login, password, protocol, isKnown));
  }

  /** The account whose login this is; undefined when it is nobody's. */
  findLoginAccount(login: string): string | undefined {
    const parts = parseAddress(login);
    return parts.ok ? findLogin(this.view, parts.value)?.account : undefined;
  }

  /** One name for all spellings of a login, whether or not somebody has it. */
  canonicalLogin(login: string): string {
    return canonicalLogin(this.view, login);
  }

  findScramVerifier(login: string, digest: 'sha1' | 'sha256'): ScramVerifier {
    return findScramVerifier(this.view, login, digest, { mix: this.#strengths(), nowMs: this.#clock.now() });
  }

  confirmScram(login: string, storedKey: Uint8Array, protocol: LoginProtocol): LoginOutcome {
    return this.#admit(this.#passwords.confirmScram(login, storedKey, protocol));
  }

  findTlsKey(publicKey: Uint8Array): TlsKey | undefined {
    const record = this.view.tlsPublicKeys.get(fingerprintOf(publicKey));
    const account = record && this.#account(record.account);
    const parts = record && parseAddress(record.loginAddress);
    // The rules of a domain may have given its address to somebody else since.
    if (!account || !parts?.ok || findLogin(this.view, parts.value)?.account !== account.name) return undefined;
    return { account, loginAddress: record.loginAddress, imapPreauth: record.imapPreauth };
  }

  confirmTlsKey(publicKey: Uint8Array, authorizeAs: string): LoginOutcome {
    const key = this.findTlsKey(publicKey);
    const parts = parseAddress(authorizeAs === '' ? (key?.loginAddress ?? '') : authorizeAs);
    if (!key || !parts.ok || findLogin(this.view, parts.value)?.account !== key.account.name) return badCredentials;
    const proof = { kind: 'tls-public-key', fingerprint: fingerprintOf(publicKey) } as const;
    return this.#admit({ account: key.account.name, address: parts.value, proof });
  }

  confirmToken(address: string, login: string): LoginOutcome {
    const account = this.findLoginAccount(address);
    const parts = parseAddress(login === '' ? address : login);
    if (account === undefined || !parts.ok || findLogin(this.view, parts.value)?.account !== account) {
      return badCredentials;
    }
    return this.#admit({ account, address: parts.value, proof: { kind: 'token' } });
  }

  /** The credentials were right, or undefined. */
  #admit(proven: ProvenLogin | undefined): LoginOutcome {
    const account = proven && this.#account(proven.account);
    if (!proven || !account) return badCredentials;
    const { loginDisabled } = account;
    if (loginDisabled !== undefined) return { ok: false, reason: 'login-disabled', message: loginDisabled };
    return { ok: true, account, loginAddress: printAddress(proven.address), proof: proven.proof };
  }

  mayStay({ id }: Account, proof: LoginProof): boolean {
    const account = this.findAccount(id);
    return account !== undefined && account.loginDisabled === undefined && this.#passwords.isValid(account.name, proof);
  }

  findAccount(id: AccountId): Account | undefined {
    const name = this.view.findAccountName(id);
    return name === undefined ? undefined : this.#account(name);
  }

  findAccountByName(name: string): Account | undefined {
    return this.#account(name);
  }

  async setQuota({ name }: Account, quotaBytes: number | undefined): Promise<boolean> {
    const edited = await this.editor.edit({ do: 'account-set', name, quotaBytes: quotaBytes ?? null });
    return edited.ok;
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #announce(): void {
    for (const listener of this.#listeners) listener();
  }

  /** As `hostnames` of the options, from now on. */
  useHostnames(hostnames: readonly string[]): void {
    this.#hostnames = new Set(hostnames);
  }

  /** Stops hearing of edits; the store is not closed. */
  close(): void {
    this.#alarm.close();
    this.#upgrades.close();
    this.#listeners.clear();
    this.#stopWatching();
    this.editor.close();
  }

  #strengths(): StrengthMix {
    return (this.#mix ??= new StrengthMix(this.view));
  }

  #account(name: string): Account | undefined {
    const record = this.view.accounts.get(name);
    const id = this.view.accountIds.get(name);
    if (!record || id === undefined) return undefined;
    const { quotaBytes, loginDisabled, hiddenCapabilities = [], administrator: isAdministrator = false } = record;
    return { id, name, quotaBytes, loginDisabled, hiddenCapabilities, isAdministrator };
  }

  #recipient(record: AddressRecord): LocalRecipient | undefined {
    const account = this.#account(record.account);
    return account && { account, address: record.address, mailbox: record.mailbox };
  }

  #aliasRecipient(alias: AliasRecord): AliasRecipient {
    const members: AliasRecipient['members'][number][] = [];
    for (const member of alias.members) {
      const record = this.view.addresses.get(member);
      const recipient = record && this.#recipient(record);
      if (recipient) members.push({ ...recipient, canonical: canonicalKey(this.view, member) });
    }
    return { address: alias.address, members, postPublic: alias.postPublic, allowMsgFrom: alias.allowMsgFrom };
  }
}
