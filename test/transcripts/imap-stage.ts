import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFacts } from '../../src/base/conversation.ts';
import type { TokenVerifier } from '../../src/base/token-verifier.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Account, Directory, LoginOutcome, TlsKey } from '../../src/directory/directory.ts';
import { deriveScram } from '../../src/directory/test-scram-client.ts';
import { createImapConversation } from '../../src/serve/imap/conversation.ts';
import type { ImapListenerOptions, ImapServices } from '../../src/serve/imap/services.ts';
import type { ImapEvent } from '../../src/serve/imap/session.ts';
import { findFlagBit } from '../../src/store/flags.ts';
import type { LoginAttempt } from '../../src/directory/logins/login-attempt.ts';
import { openGuard } from '../../src/directory/testing/login-guard.ts';
import type { AccountId } from '../../src/store/ids.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { ScriptedConnection } from './scripted-connection.ts';

/** Where IMAP is played without sockets: a real store in a folder of its own, a directory of one account at a time. */
export interface Stage {
  readonly store: Store;
  /** A new account with the standard mailboxes, empty. */
  newActor(): Promise<Actor>;
  close(): Promise<void>;
}

/** `databaseUrl`: PostgreSQL; else SQLite. */
export async function openStage(databaseUrl?: string): Promise<Stage> {
  const dataDir = mkdtempSync(join(tmpdir(), 'posthorn-imap-'));
  const store = await openStore({ dataDir, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  let count = 0;
  return {
    store,
    async newActor() {
      const name = `account${++count}`;
      return new Actor(store, await makeAccount(store, name), name);
    },
    async close() {
      await store.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeAccount(store: Store, name: string): Promise<AccountId> {
  const { version } = await store.readDirectory();
  const edited = await store.editDirectory({
    baseVersion: version,
    put: [],
    remove: [],
    createAccounts: [{ name, mailboxes: 'standard' }],
    removeAccounts: [],
  });
  const id = edited.ok ? edited.accountIds.get(name) : undefined;
  if (id === undefined) throw new Error('account was not made');
  return id;
}

const defaults: ImapListenerOptions = { startTls: false, plaintextLogin: true, maxMessageBytes: 100 * 1024 * 1024 };

/** One account (`post@localhost`, password `posthorn`) and the connections to it. */
export class Actor {
  readonly store: Store;
  readonly accountId: AccountId;
  options: ImapListenerOptions = defaults;
  quotaBytes: number | undefined = undefined;
  loginDisabled: string | undefined = undefined;
  hiddenCapabilities: readonly string[] = [];
  isAdministrator = false;
  /** What the sessions logged in with was taken back. */
  revoked = false;
  removed = false;
  /** By what stands for a public key in tests: does it greet with PREAUTH? */
  readonly tlsKeys = new Map<string, { readonly preauth: boolean; readonly other: boolean }>();
  /** Others that this one's directory knows, as `<name>@localhost`; they may log in here too. */
  readonly neighbours = new Map<string, Actor>();
  blocked = false;
  nowMs = 1_700_000_000_000;
  failures = 0;
  tokens: TokenVerifier | undefined = undefined;
  /** The login succeeded from the client's address lately; and what the directory was told of that. */
  known = false;
  readonly askedAsKnown: (boolean | undefined)[] = [];
  /** What was written down of logins. */
  readonly attempts: (LoginAttempt & { readonly result: string; client?: string | undefined })[] = [];
  /** All that was logged, to look for secrets. */
  readonly logged: string[] = [];
  private readonly name: string;
  private readonly watchers = new Set<() => void>();

  constructor(store: Store, accountId: AccountId, name: string) {
    this.store = store;
    this.accountId = accountId;
    this.name = name;
  }

  connect(id = 'c1', chunkBytes = 65_536, tls?: TlsFacts): ScriptedConnection<ImapEvent> {
    return new ScriptedConnection(createImapConversation(this.services(), this.options), { id, tls }, chunkBytes);
  }

  /** A connection that has logged in. */
  async enter(id = 'c1', chunkBytes = 65_536): Promise<ScriptedConnection<ImapEvent>> {
    const connection = this.connect(id, chunkBytes);
    await connection.greet();
    await connection.send('l LOGIN post@localhost posthorn\r\n');
    return connection;
  }

  /** One more account, for sharing. */
  async addNeighbour(name: string): Promise<void> {
    const id = await makeAccount(this.store, `${this.name}-${name}`);
    this.neighbours.set(name, new Actor(this.store, id, name));
  }

  /** What the administrator changed is known to all sessions. */
  tellDirectory(): void {
    for (const watcher of this.watchers) watcher();
  }

  /** Files messages as if they had just arrived; `text` without CR. */
  async deliver(mailbox: string, text: string, flags: readonly string[] = []): Promise<void> {
    const bits = flags.reduce((sum, flag) => sum | (findFlagBit(flag) ?? 0), 0);
    const keywords = flags.filter((flag) => findFlagBit(flag) === undefined);
    const octets = Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8');
    const target = {
      accountId: this.accountId,
      mailbox: { name: mailbox, orInbox: false },
      flags: bits,
      keywords,
      receivedAtMs: this.nowMs,
      prefix: '',
    };
    const [outcome] = await this.store.append({ message: { kind: 'octets', octets }, targets: [target] });
    if (outcome?.ok !== true) throw new Error(`not delivered: ${outcome?.reason}`);
  }

  /** Another session makes mailboxes: `<prefix>1` and so on. */
  async makeMailboxes(prefix: string, count: number): Promise<void> {
    const names = Array.from({ length: count }, (_each, i) => `${prefix}${i + 1}`);
    await Promise.all(names.map((name) => this.store.createMailbox({ accountId: this.accountId, name })));
  }

  /** Another session, or a program, changes flags. */
  async mark(mailbox: string, first: number, last: number, flag: string, add = true): Promise<void> {
    const found = await this.store.findMailbox(this.accountId, mailbox);
    if (found === undefined) throw new Error('no such mailbox');
    const bit = findFlagBit(flag);
    await this.store.setFlags({
      accountId: this.accountId,
      mailboxId: found.id,
      uids: [[first, last]],
      how: add ? 'add' : 'remove',
      flags: bit ?? 0,
      keywords: bit === undefined ? [flag] : [],
    });
  }

  /** Another session expunges. */
  async expunge(mailbox: string, first: number, last: number): Promise<void> {
    const found = await this.store.findMailbox(this.accountId, mailbox);
    if (found === undefined) throw new Error('no such mailbox');
    await this.store.expunge({
      accountId: this.accountId,
      mailboxId: found.id,
      uids: [[first, last]],
      onlyDeleted: false,
    });
  }

  private account(): Account {
    const { quotaBytes, loginDisabled, hiddenCapabilities, isAdministrator } = this;
    return { id: this.accountId, name: this.name, quotaBytes, loginDisabled, hiddenCapabilities, isAdministrator };
  }

  /** The house around it; the other faces need no more. */
  services(): ImapServices {
    return {
      store: this.store,
      directory: this.directory(),
      failures: openGuard({
        blocked: () => this.blocked,
        attempt: () => {
          this.failures++;
          return !this.blocked;
        },
        isKnown: () => this.known,
        reset: () => void (this.failures = 0),
        takeBack: () => void this.failures--,
        succeeded: (attempt) => {
          const note = { ...attempt, result: 'ok' };
          this.attempts.push(note);
          return { client: (client) => void (note.client = client) };
        },
        failed: (attempt, result) => void this.attempts.push({ ...attempt, result }),
      }),
      tokens: this.tokens,
      clock: { now: () => this.nowMs },
      log: this.log(),
      version: '1.0',
    };
  }

  private log(): ImapServices['log'] {
    const keep = (message: string, fields?: object, error?: unknown): void => {
      this.logged.push(`${message} ${JSON.stringify(fields ?? {})}${error instanceof Error ? ` ${error.stack}` : ''}`);
    };
    const log: ImapServices['log'] = {
      ...silentLog,
      info: keep,
      warn: keep,
      error: keep,
      debug: keep,
      with: () => log,
    };
    return log;
  }

  private directory(): Directory {
    const no = (): never => {
      throw new Error('not asked by IMAP');
    };
    return {
      lookupRecipient: ({ localPart, domain }) => {
        const actor = localPart === 'post' ? this : this.neighbours.get(localPart);
        if (domain !== 'localhost' || actor === undefined) return { kind: 'unknown-address' };
        const address = `${localPart}@${domain}`;
        const recipient = { account: actor.account(), address, mailbox: 'INBOX' };
        return { kind: 'account', recipient, canonical: address };
      },
      canonicalAddress: no,
      isLocalDomain: no,
      maySendAs: no,
      sendingRulesOf: no,
      routesOfAccount: no,
      routesOfDomain: no,
      tagAddress: no,
      setQuota: (account, quotaBytes) => Promise.resolve(this.setQuota(account, quotaBytes)),
      dkimKeysOf: no,
      checkPassword: (login, password, _protocol, isKnown) => {
        this.askedAsKnown.push(isKnown);
        return Promise.resolve(this.checkPassword(login, password));
      },
      findScramVerifier: (login, digest) => {
        const password = login === 'post@localhost' ? 'posthorn' : 'nobody knows';
        return deriveScram(digest, password, Buffer.from(`salt of ${login}`), 4096).verifier;
      },
      findTlsKey: (publicKey) => this.findTlsKey(publicKey),
      confirmTlsKey: (publicKey, authorizeAs) =>
        this.findTlsKey(publicKey)?.account.id === this.accountId
          ? this.admit(authorizeAs === '' ? 'post@localhost' : authorizeAs)
          : { ok: false, reason: 'bad-credentials' },
      confirmScram: (login) => this.admit(login),
      findAccount: (id) => [...this.accounts().values()].find((one) => one.id === id),
      findAccountByName: (name) => this.accounts().get(name),
      mayStay: ({ id }) =>
        id !== this.accountId || (!this.removed && this.loginDisabled === undefined && !this.revoked),
      confirmToken: (address, login) => this.admit(login === '' ? address : login),
      watch: (listener) => {
        this.watchers.add(listener);
        return () => this.watchers.delete(listener);
      },
    };
  }

  private setQuota({ id }: Account, quotaBytes: number | undefined): boolean {
    const actor = [this, ...this.neighbours.values()].find(({ accountId }) => accountId === id);
    if (actor !== undefined) actor.quotaBytes = quotaBytes;
    return actor !== undefined;
  }

  /** By name; the actor itself is `post`. */
  private accounts(): ReadonlyMap<string, Account> {
    const all = new Map([...this.neighbours].map(([name, actor]) => [name, { ...actor.account(), name }] as const));
    if (!this.removed) all.set('post', { ...this.account(), name: 'post' });
    return all;
  }

  private checkPassword(login: string, password: string): LoginOutcome {
    return password === 'posthorn' ? this.admit(login) : { ok: false, reason: 'bad-credentials' };
  }

  private findTlsKey(publicKey: Uint8Array): TlsKey | undefined {
    const key = this.tlsKeys.get(Buffer.from(publicKey).toString());
    const account = key?.other === true ? { ...this.account(), id: (this.accountId + 1) as AccountId } : this.account();
    return key && { account, loginAddress: 'post@localhost', imapPreauth: key.preauth };
  }

  private admit(login: string): LoginOutcome {
    const neighbour = this.neighbours.get(login.replace(/@localhost$/, ''));
    if (neighbour !== undefined) {
      return { ok: true, account: neighbour.account(), loginAddress: login, proof: { kind: 'password', id: '' } };
    }
    if (login !== 'post@localhost') return { ok: false, reason: 'bad-credentials' };
    if (this.loginDisabled !== undefined) return { ok: false, reason: 'login-disabled', message: this.loginDisabled };
    return { ok: true, account: this.account(), loginAddress: login, proof: { kind: 'password', id: '' } };
  }
}
