import { join } from 'node:path';
import type { Annotation, AnnotationTarget } from './annotation.ts';
import type { BackgroundJob } from './background-job.ts';
import type { BlobStore } from './blob-store.ts';
import type { Change } from './change.ts';
import type { Delta } from './delta.ts';
import type { DirectoryEdit, DirectoryState } from './directory-object.ts';
import type { EmailColumns, EmailSelection } from './email-row.ts';
import type { Committed, Engine } from './engine.ts';
import { FileSpool } from './file-spool.ts';
import type { SpoolLimits } from './spool.ts';
import type { AccountId, EmailId, MailboxId, ModSeq } from './ids.ts';
import type { LoginAttemptRow, LoginAttemptSelection } from './login-attempt.ts';
import { IndexCache } from './index-cache.ts';
import { openMessage, openMessages } from './open-message.ts';
import { findMailboxById, findMailboxByName, listMailboxes } from './operations/mailbox-row.ts';
import { readRights, readShared } from './read-rights.ts';
import { readLoginAttempts } from './read-login-attempts.ts';
import { readAnnotations, readDirectory, readHoldings, readSubscriptions, readUsage, readVanished } from './reads.ts';
import { EngineOutgoing } from './queue/engine-outgoing.ts';
import { EngineRelay } from './relay/engine-relay.ts';
import { readEmails } from './read-emails.ts';
import type { TextSearch } from './search/text-search.ts';
import type { Operation } from './sql/statement.ts';
import type { AppendMessage, CopyOrMove, Origin, SetFlags, Store, TextRequest } from './store.ts';

/** The store over either engine: indexes in memory, watchers, and the requests of the port. */
export class MailStore implements Store {
  readonly outgoing: EngineOutgoing;
  readonly relay: EngineRelay;
  readonly #engine: Engine;
  readonly #blobs: BlobStore;
  readonly #spoolDir: string;
  readonly #indexes: IndexCache;
  readonly #search: TextSearch;
  readonly #jobs: readonly BackgroundJob[];
  readonly #watchers = new Map<AccountId, Set<(change: Change) => void>>();
  readonly #mailboxWatchers = new Set<Parameters<Store['watchMailboxes']>[0]>();
  readonly #directoryWatchers = new Set<(version: number) => void>();

  constructor(parts: {
    readonly engine: Engine;
    readonly blobs: BlobStore;
    readonly dataDir: string;
    readonly search: TextSearch;
    readonly jobs: readonly BackgroundJob[];
  }) {
    this.#engine = parts.engine;
    this.#blobs = parts.blobs;
    this.#spoolDir = join(parts.dataDir, 'tmp');
    this.#indexes = new IndexCache(parts.engine);
    this.outgoing = new EngineOutgoing(parts.engine, parts.blobs, this.#spoolDir);
    this.relay = new EngineRelay(parts.engine);
    this.#search = parts.search;
    this.#jobs = parts.jobs;
    this.#engine.onCommit((committed) => this.#announce(committed));
  }

  get engine(): 'sqlite' | 'postgres' {
    return this.#engine.dialect.name;
  }

  newSpool(limits: SpoolLimits): FileSpool {
    return new FileSpool(this.#spoolDir, limits);
  }

  append(message: AppendMessage, { origin }: Origin = {}) {
    assertUnused([message]);
    return this.#engine.write('append', { messages: [message], allOrNothing: false }, origin);
  }

  appendAll(messages: readonly AppendMessage[], { origin }: Origin = {}) {
    assertUnused(messages);
    return this.#engine.write('append', { messages, allOrNothing: true }, origin);
  }

  async replace(message: AppendMessage, replaced: Parameters<Store['replace']>[1], { origin }: Origin = {}) {
    assertUnused([message]);
    const [outcome] = await this.#engine.write('replace', { messages: [message], replaced }, origin);
    if (outcome === undefined) throw new Error('a message to replace another had no target');
    return outcome;
  }

  setFlags(request: SetFlags) {
    return this.#engine.write('setFlags', request, request.origin);
  }

  copy(request: CopyOrMove) {
    return this.#engine.write('copy', request, request.origin);
  }

  move(request: CopyOrMove) {
    return this.#engine.write('move', request, request.origin);
  }

  expunge(request: Parameters<Store['expunge']>[0]) {
    return this.#engine.write('expunge', request, request.origin);
  }

  listMailboxes(accountId: AccountId) {
    return this.#read(accountId, listMailboxes(accountId));
  }

  findMailbox(accountId: AccountId, which: string | MailboxId) {
    const found = typeof which === 'string' ? findMailboxByName(accountId, which) : findMailboxById(accountId, which);
    return this.#read(accountId, found);
  }

  createMailbox(request: Parameters<Store['createMailbox']>[0]) {
    return this.#engine.write('createMailbox', request, request.origin);
  }

  deleteMailbox(request: Parameters<Store['deleteMailbox']>[0]) {
    return this.#engine.write('deleteMailbox', request, request.origin);
  }

  renameMailbox(request: Parameters<Store['renameMailbox']>[0]) {
    return this.#engine.write('renameMailbox', request, request.origin);
  }

  setSpecialUse(request: Parameters<Store['setSpecialUse']>[0]) {
    return this.#engine.write('setSpecialUse', request, request.origin);
  }

  setSubscribed(request: Parameters<Store['setSubscribed']>[0]) {
    return this.#engine.write('setSubscribed', request, request.origin);
  }

  readRights(accountId: AccountId, mailboxId: MailboxId) {
    return this.#read(accountId, readRights(accountId, mailboxId));
  }

  setRights(request: Parameters<Store['setRights']>[0]) {
    return this.#engine.write('setRights', request, request.origin);
  }

  listShared(granteeId: AccountId, ownerId?: AccountId) {
    return this.#engine.read(readShared(granteeId, ownerId));
  }

  listSubscriptions(accountId: AccountId) {
    return this.#read(accountId, readSubscriptions(accountId));
  }

  openMailbox(accountId: AccountId, mailboxId: MailboxId) {
    return this.#indexes.open(accountId, mailboxId);
  }

  readEmails(selection: EmailSelection, columns: EmailColumns) {
    return readEmails(this.#engine, this.#blobs, selection, columns);
  }

  openMessage(accountId: AccountId, emailId: EmailId) {
    return openMessage(this.#engine, this.#blobs, accountId, emailId);
  }

  openMessages(accountId: AccountId, emailIds: readonly EmailId[]) {
    return openMessages(this.#engine, this.#blobs, accountId, emailIds);
  }

  matchText(request: TextRequest) {
    return this.#search.match(request);
  }

  rankText(request: TextRequest) {
    return this.#search.rank(request);
  }

  vanishedSince({ mailboxId, since }: { readonly mailboxId: MailboxId; readonly since: ModSeq }) {
    return this.#engine.read(readVanished(mailboxId, since));
  }

  countHoldings(accountId: AccountId) {
    return this.#read(accountId, readHoldings(accountId));
  }

  usage(accountId: AccountId) {
    return this.#read(accountId, readUsage(accountId));
  }

  watch(accountId: AccountId, listener: (change: Change) => void): () => void {
    const watchers = this.#watchers.get(accountId) ?? new Set();
    this.#watchers.set(accountId, watchers);
    // One of its own, in case somebody watches twice with the same function.
    const watcher = (change: Change): void => listener(change);
    watchers.add(watcher);
    this.#engine.follow(accountId);
    return () => {
      if (!watchers.delete(watcher)) return;
      this.#engine.unfollow(accountId);
      if (watchers.size === 0) this.#watchers.delete(accountId);
    };
  }

  watchMailboxes(listener: Parameters<Store['watchMailboxes']>[0]): () => void {
    this.#mailboxWatchers.add(listener);
    return () => this.#mailboxWatchers.delete(listener);
  }

  readAnnotations(target: AnnotationTarget): Promise<readonly Annotation[]> {
    return this.#read(target.accountId, readAnnotations(target));
  }

  setAnnotations(request: Parameters<Store['setAnnotations']>[0]) {
    return this.#engine.write('setAnnotations', request, request.origin);
  }

  readDirectory(): Promise<DirectoryState> {
    return this.#engine.read(readDirectory());
  }

  editDirectory(edit: DirectoryEdit) {
    return this.#engine.write('editDirectory', edit);
  }

  watchDirectory(listener: (version: number) => void): () => void {
    this.#directoryWatchers.add(listener);
    return () => this.#directoryWatchers.delete(listener);
  }

  async addLoginAttempts(rows: readonly LoginAttemptRow[]): Promise<void> {
    await this.#engine.write('addLoginAttempts', { rows });
  }

  readLoginAttempts(selection: LoginAttemptSelection): Promise<readonly LoginAttemptRow[]> {
    return this.#engine.read(readLoginAttempts(selection));
  }

  async pruneLoginAttempts(request: Parameters<Store['pruneLoginAttempts']>[0]): Promise<void> {
    await this.#engine.write('pruneLoginAttempts', request);
  }

  async close(): Promise<void> {
    for (const job of this.#jobs) await job.stop();
    await this.#search.close();
    await this.#engine.close();
  }

  /** What a watcher reads must not be older than what it hears of. */
  #read<T>(accountId: AccountId, operation: Operation<T>): Promise<T> {
    const following = this.#engine.following(accountId);
    return following === undefined ? this.#engine.read(operation) : following.then(() => this.#engine.read(operation));
  }

  /** Indexes first, then watchers: whoever hears of a change finds it in the index. */
  #announce({ deltas, origin, directoryVersion }: Committed): void {
    for (const delta of deltas) this.#indexes.apply(delta);
    for (const delta of deltas) {
      const watchers = this.#watchers.get(delta.accountId);
      const isOfMailbox = delta.kind === 'mailbox' && this.#mailboxWatchers.size > 0;
      if (watchers === undefined && !isOfMailbox) continue;
      const change = toChange(delta, origin);
      for (const watcher of watchers ?? []) watcher(change);
      if (change.kind === 'mailbox') for (const watcher of this.#mailboxWatchers) watcher(delta.accountId, change);
    }
    if (directoryVersion !== undefined) for (const watcher of this.#directoryWatchers) watcher(directoryVersion);
    for (const job of this.#jobs) job.committed(deltas);
  }
}

/** A message that was handed over before is empty now; storing it would lose it. */
function assertUnused(messages: readonly AppendMessage[]): void {
  for (const { message } of messages) {
    if (message.kind === 'octets' && message.octets.buffer instanceof ArrayBuffer && message.octets.buffer.detached) {
      throw new Error('a spooled message was given to append twice');
    }
  }
}

function toChange(delta: Delta, origin: string | undefined): Change {
  const { modseq } = delta;
  switch (delta.kind) {
    case 'added':
    case 'flags':
    case 'expunged':
      return { kind: delta.kind, mailboxId: delta.mailboxId, uids: delta.uids, modseq, origin };
    case 'mailbox': {
      const { kind, mailboxId, what, name, oldName } = delta;
      return { kind, mailboxId, what, name, modseq, origin, ...(oldName === undefined ? {} : { oldName }) };
    }
    case 'subscription':
      return { kind: delta.kind, name: delta.name, subscribed: delta.subscribed, modseq, origin };
    case 'annotation':
      return { kind: delta.kind, mailboxId: delta.mailboxId, entries: delta.entries, modseq, origin };
    case 'account-removed':
      return { kind: delta.kind, modseq, origin };
  }
}
