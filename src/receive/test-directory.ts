/** A directory of a few fixed names, for tests. */
import type {
  Account,
  AddressParts,
  AliasRecipient,
  Directory,
  DkimSigningKey,
  LocalRecipient,
  LoginOutcome,
  NamedRoute,
  RecipientLookup,
  ScramVerifier,
  SendingRules,
  TlsKey,
} from '../directory/directory.ts';
import { deriveScram } from '../directory/test-scram-client.ts';
import type { Digest } from '../directory/test-scram-client.ts';
import { accountId } from './test-store.ts';

const domain = 'example.org';

export interface TestAlias {
  readonly members: readonly string[];
  readonly postPublic?: boolean;
  readonly allowMsgFrom?: boolean;
}

/** Accounts `NAME` with the address `NAME@example.org` and the password `secret-NAME`; `disabled.example` is disabled. */
export class TestDirectory implements Directory {
  readonly accounts = new Map<string, Account>();
  readonly aliases = new Map<string, TestAlias>();
  readonly #listeners = new Set<() => void>();
  /** Accounts by what stands for a public key in tests. */
  readonly tlsKeys = new Map<string, string>();
  /** Accounts whose app passwords, or whatever they logged in with, were taken back. */
  readonly revoked = new Set<string>();
  readonly sendingRules = new Map<string, Partial<SendingRules>>();
  readonly dkimKeys = new Map<string, readonly DkimSigningKey[]>();
  checks = 0;

  constructor(names: readonly string[] = ['ann', 'bob', 'cat']) {
    for (const [index, name] of names.entries()) this.setAccount(name, { id: accountId(index + 1) });
  }

  setAccount(name: string, changes: Partial<Account>): void {
    const base = { id: accountId(this.accounts.size + 1), name, quotaBytes: undefined, loginDisabled: undefined };
    this.accounts.set(name, { ...base, ...this.accounts.get(name), ...changes });
    this.changed();
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  lookupRecipient(address: AddressParts): RecipientLookup {
    if (address.domain === 'disabled.example') return { kind: 'domain-disabled' };
    const canonical = this.canonicalAddress(address);
    if (address.domain === '' && address.localPart === 'postmaster') return this.#account('ann', 'postmaster');
    if (address.domain !== domain) return { kind: 'unknown-domain' };
    const name = canonical.slice(0, canonical.indexOf('@'));
    const alias = this.aliases.get(name);
    if (alias !== undefined) return { kind: 'alias', alias: this.#alias(name, alias), canonical };
    return this.accounts.has(name) ? this.#account(name, canonical) : { kind: 'unknown-address' };
  }

  canonicalAddress({ localPart, domain: name }: AddressParts): string {
    return `${localPart.toLowerCase().split('+', 1)[0] ?? ''}@${name}`;
  }

  isLocalDomain(name: string): boolean {
    return name === domain || name === 'disabled.example';
  }

  maySendAs(account: Account, address: AddressParts): 'yes' | 'no' | 'domain-disabled' {
    if (address.domain === 'disabled.example') return 'domain-disabled';
    return this.canonicalAddress(address) === `${account.name}@${domain}` ? 'yes' : 'no';
  }

  sendingRulesOf({ name }: Account): SendingRules {
    const rules = {
      uniqueReturnPaths: false,
      copySent: false,
      recipientsPerDay: undefined,
      newRecipientsPerDay: undefined,
    };
    return { ...rules, ...this.sendingRules.get(name) };
  }

  routesOfAccount(): readonly NamedRoute[] {
    return [];
  }

  routesOfDomain(): readonly NamedRoute[] {
    return [];
  }

  tagAddress({ localPart, domain: name }: AddressParts, tag: string): ReturnType<Directory['tagAddress']> {
    const [base = ''] = localPart.split('+', 1);
    return { address: { localPart: `${base}+${tag}`, domain: name }, hadTag: base !== localPart };
  }

  setQuota(): never {
    throw new Error('not asked by receive');
  }

  dkimKeysOf(name: string): readonly DkimSigningKey[] {
    return this.dkimKeys.get(name) ?? [];
  }

  checkPassword(login: string, password: string): Promise<LoginOutcome> {
    this.checks++;
    const name = login.split('@', 1)[0] ?? '';
    const account = this.accounts.get(name);
    if (login === 'broken@example.org') return Promise.reject(new Error('the disk is on fire'));
    if (account === undefined || password !== `secret-${name}`) {
      return Promise.resolve({ ok: false, reason: 'bad-credentials' });
    }
    return Promise.resolve(this.#admit(account, login));
  }

  #admit(account: Account | undefined, loginAddress: string): LoginOutcome {
    if (account === undefined) return { ok: false, reason: 'bad-credentials' };
    const { loginDisabled } = account;
    if (loginDisabled !== undefined) return { ok: false, reason: 'login-disabled', message: loginDisabled };
    return { ok: true, account, loginAddress, proof: { kind: 'password', id: '' } };
  }

  findScramVerifier(login: string, digest: Digest): ScramVerifier {
    const name = login.split('@', 1)[0] ?? '';
    const password = this.accounts.has(name) ? `secret-${name}` : 'nobody knows';
    return deriveScram(digest, password, Buffer.from(`salt of ${login}`), 4096).verifier;
  }

  confirmScram(login: string): LoginOutcome {
    return this.#admit(this.accounts.get(login.split('@', 1)[0] ?? ''), login);
  }

  findTlsKey(publicKey: Uint8Array): TlsKey | undefined {
    const name = this.tlsKeys.get(Buffer.from(publicKey).toString());
    const account = name === undefined ? undefined : this.accounts.get(name);
    return account && { account, loginAddress: `${name}@${domain}`, imapPreauth: true };
  }

  confirmTlsKey(publicKey: Uint8Array, authorizeAs: string): LoginOutcome {
    const key = this.findTlsKey(publicKey);
    const login = authorizeAs === '' ? key?.loginAddress : authorizeAs;
    const fits = key !== undefined && login?.split(/[+@]/, 1)[0] === key.account.name;
    return this.#admit(fits ? key.account : undefined, login ?? '');
  }

  confirmToken(address: string, login: string): LoginOutcome {
    const name = address.split('@', 1)[0] ?? '';
    const fits = login === '' || login.split(/[+@]/, 1)[0] === name;
    return this.#admit(fits ? this.accounts.get(name) : undefined, login === '' ? address : login);
  }

  mayStay({ id }: Account): boolean {
    const account = this.findAccount(id);
    return account !== undefined && account.loginDisabled === undefined && !this.revoked.has(account.name);
  }

  findAccount(id: number): Account | undefined {
    return [...this.accounts.values()].find((account) => account.id === id);
  }

  findAccountByName(name: string): Account | undefined {
    return this.accounts.get(name);
  }

  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #recipient(name: string): LocalRecipient | undefined {
    const account = this.accounts.get(name);
    return account === undefined ? undefined : { account, address: `${name}@${domain}`, mailbox: 'INBOX' };
  }

  #account(name: string, canonical: string): RecipientLookup {
    const recipient = this.#recipient(name);
    return recipient === undefined ? { kind: 'unknown-address' } : { kind: 'account', recipient, canonical };
  }

  #alias(name: string, alias: TestAlias): AliasRecipient {
    const members: AliasRecipient['members'][number][] = [];
    for (const member of alias.members) {
      const recipient = this.#recipient(member);
      if (recipient !== undefined) members.push({ ...recipient, canonical: `${member}@${domain}` });
    }
    const { postPublic = false, allowMsgFrom = false } = alias;
    return { address: `${name}@${domain}`, members, postPublic, allowMsgFrom };
  }
}
