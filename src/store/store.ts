/**
 * The port of the store: everything that faces, `receive/` and `directory/` may ask of it. Both engines (SQLite and
 * PostgreSQL) implement it and pass one contract suite.
 *
 * - Writes resolve only when what they did is on stable storage, and after the change was announced to watchers.
 * - Reads see committed, durable state only.
 * - Arguments and results are plain data.
 */
import type { Annotation, AnnotationTarget } from './annotation.ts';
import type { AppendOutcome, AppendTarget } from './append-target.ts';
import type { Change } from './change.ts';
import type { DirectoryEdit, DirectoryState } from './directory-object.ts';
import type { EmailColumns, EmailRow, EmailSelection } from './email-row.ts';
import type { AccountId, EmailId, MailboxId, ModSeq, Uid } from './ids.ts';
import type { LoginAttemptRow, LoginAttemptSelection, PruneLoginAttempts } from './login-attempt.ts';
import type { Mailbox, SpecialUse } from './mailbox.ts';
import type { MailboxRight, SharedMailbox } from './mailbox-rights.ts';
import type { MailboxIndex } from './mailbox-index.ts';
import type { MessageReader } from './message-reader.ts';
import type { OutgoingStore } from './queue/outgoing-store.ts';
import type { RelayStore } from './relay/relay-store.ts';
import type { Spool, Spooled, SpoolLimits } from './spool.ts';
import type { Ranked, TextQuery } from './text-query.ts';
import type { UidRanges } from './uid-ranges.ts';

/** Who asked, so that a session can tell its own changes from those of others (see `Change.origin`). */
export interface Origin {
  readonly origin?: string;
}

/** One message, stored once, filed for each target. */
export interface AppendMessage {
  readonly message: Spooled;
  readonly targets: readonly AppendTarget[];
}

/** As of `append`; or the message that was to go is not there (any more), and nothing was changed. */
export type ReplaceOutcome = AppendOutcome | { readonly ok: false; readonly reason: 'no-such-message' };

export interface SetFlags extends Origin {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  readonly uids: UidRanges;
  readonly how: 'add' | 'remove' | 'replace';
  readonly flags: number;
  readonly keywords: readonly string[];
  /** With `replace`: what is not named here stays as it is, whatever it is. Default: nothing stays. */
  readonly only?: { readonly flags: number; readonly keywords: boolean };
  /** RFC 7162 section 3.1.3: messages changed since then are left alone and reported. */
  readonly unchangedSince?: ModSeq;
}

export interface FlagsSet {
  readonly modseq: ModSeq | undefined;
  /** Those whose flags really changed, ascending. */
  readonly changed: Uint32Array;
  /** Those left alone because of `unchangedSince`, ascending. */
  readonly modified: Uint32Array;
}

export interface CopyOrMove extends Origin {
  readonly accountId: AccountId;
  readonly from: MailboxId;
  readonly uids: UidRanges;
  readonly to: MailboxId;
  /** Only COPY can take more room (of emails held already it takes none). */
  readonly quotaBytes?: number;
}

/** COPYUID (RFC 4315 section 3): `source[i]` became `destination[i]`; both ascending. */
export type Copied =
  | {
      readonly ok: true;
      readonly uidValidity: number;
      readonly source: Uint32Array;
      readonly destination: Uint32Array;
      readonly modseq: ModSeq | undefined;
    }
  | { readonly ok: false; readonly reason: 'no-such-mailbox' | 'over-quota' };

export type MailboxOutcome =
  | { readonly ok: true; readonly mailbox: Mailbox }
  | {
      readonly ok: false;
      readonly reason:
        | 'exists'
        | 'no-such-mailbox'
        | 'has-children'
        | 'special-use-taken'
        | 'bad-name'
        | 'is-inbox'
        | 'too-many';
    };

/** Disk full and the like: nothing was changed; trying again later may work. */
export class StorageFull extends Error {
  override readonly name = 'StorageFull';
}

/**
 * The database cannot be reached, in spite of tries: nothing was changed; trying again later may work. Every request may
 * throw it on PostgreSQL.
 */
export class DatabaseUnavailable extends Error {
  override readonly name = 'DatabaseUnavailable';
}

/**
 * The connection to the database broke while a commit was under way: the change may or may not have been made. Whoever
 * asked is told of a failure that may pass (a message is then perhaps there twice, but never lost). Every write may throw
 * it on PostgreSQL; when the change was made, watchers hear of it.
 */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

/** Among which messages a text is looked for. */
export interface TextRequest {
  readonly accountId: AccountId;
  readonly mailboxId: MailboxId;
  /** Ascending. */
  readonly uids: Uint32Array;
  readonly query: TextQuery;
  readonly signal?: AbortSignal;
}

export interface Store {
  readonly engine: 'sqlite' | 'postgres';

  // ── messages in ──
  /** A place for the octets of an incoming message: memory while small, then a file. Nothing is kept before `append`. */
  newSpool(limits: SpoolLimits): Spool;
  /**
   * Files one message for each of its targets in one transaction: one blob, one email per account, one entry per target.
   * Each target has its own outcome: a full account does not stop the others. Takes the spooled message over.
   * @throws StorageFull when the disk is full; nothing was stored then.
   */
  append(message: AppendMessage, origin?: Origin): Promise<readonly AppendOutcome[]>;
  /** Several messages, all or nothing (RFC 3502): when one target fails, its outcome is returned and nothing is stored. */
  appendAll(messages: readonly AppendMessage[], origin?: Origin): Promise<readonly AppendOutcome[]>;

  /**
   * Files a message for its target and removes another one of the same account, in one transaction (RFC 8508). The room of the
   * one that goes counts as free.
   */
  replace(
    message: AppendMessage,
    replaced: { readonly accountId: AccountId; readonly mailboxId: MailboxId; readonly uid: Uid },
    origin?: Origin,
  ): Promise<ReplaceOutcome>;

  // ── entries ──
  setFlags(request: SetFlags): Promise<FlagsSet>;
  copy(request: CopyOrMove): Promise<Copied>;
  move(request: CopyOrMove): Promise<Copied>;
  /** Removes the named entries; with `onlyDeleted` those of them that have \Deleted. Returns the uids that went, ascending. */
  expunge(
    request: Origin & {
      readonly accountId: AccountId;
      readonly mailboxId: MailboxId;
      readonly uids: UidRanges;
      readonly onlyDeleted: boolean;
    },
  ): Promise<{ readonly uids: Uint32Array; readonly modseq: ModSeq | undefined }>;

  // ── mailboxes ──
  /** All mailboxes of an account, by name. */
  listMailboxes(accountId: AccountId): Promise<readonly Mailbox[]>;
  /** By name or by id. */
  findMailbox(accountId: AccountId, which: string | MailboxId): Promise<Mailbox | undefined>;
  /** Creates it and its missing parents, all subscribed. A special use that another mailbox has moves to the new one. */
  createMailbox(
    request: Origin & { readonly accountId: AccountId; readonly name: string; readonly specialUse?: SpecialUse },
  ): Promise<MailboxOutcome>;
  deleteMailbox(
    request: Origin & { readonly accountId: AccountId; readonly mailboxId: MailboxId },
  ): Promise<MailboxOutcome>;
  /** Takes children along and creates missing parents. INBOX: its messages move to the new mailbox and INBOX stays (RFC 9051 section 6.3.6). */
  renameMailbox(
    request: Origin & { readonly accountId: AccountId; readonly mailboxId: MailboxId; readonly newName: string },
  ): Promise<MailboxOutcome>;
  setSpecialUse(
    request: Origin & {
      readonly accountId: AccountId;
      readonly mailboxId: MailboxId;
      readonly specialUse: SpecialUse | undefined;
    },
  ): Promise<MailboxOutcome>;
  /** Names may be of mailboxes that do not exist. False when `subscribed` is false and it was not subscribed. */
  setSubscribed(
    request: Origin & { readonly accountId: AccountId; readonly name: string; readonly subscribed: boolean },
  ): Promise<boolean>;
  listSubscriptions(accountId: AccountId): Promise<ReadonlySet<string>>;

  // ── sharing (RFC 4314) ──
  /** Who beside the owner may do what, by identifier. */
  readRights(accountId: AccountId, mailboxId: MailboxId): Promise<readonly MailboxRight[]>;
  /** Changes one entry of the list; one without rights goes. Watchers of the owner's account hear that the mailbox changed. */
  setRights(
    request: Origin & {
      readonly accountId: AccountId;
      readonly mailboxId: MailboxId;
      readonly identifier: string;
      /** Undefined: everybody. */
      readonly granteeId: AccountId | undefined;
      readonly how: 'replace' | 'add' | 'remove';
      readonly rights: string;
    },
  ): Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: 'no-such-mailbox' | 'too-many' }>;
  /** Mailboxes of others that this account has rights to, by owner and name; `ownerId`: only those of this one. */
  listShared(granteeId: AccountId, ownerId?: AccountId): Promise<readonly SharedMailbox[]>;

  // ── reading ──
  /**
   * The live index of a mailbox, shared by all sessions and kept true by the store until `release`; updated before
   * watchers hear of the change. Undefined when there is no such mailbox.
   */
  openMailbox(accountId: AccountId, mailboxId: MailboxId): Promise<MailboxIndex | undefined>;
  /**
   * Stored facts of messages, in uid order, in batches, each read when it is asked for: waiting between batches is the
   * backpressure. `withExpunged`: also those expunged lately, for sessions that have not been told.
   */
  readEmails(selection: EmailSelection, columns: EmailColumns): AsyncIterable<readonly EmailRow[]>;
  /** The octets of a message (prefix, then the original). Undefined when it is gone. */
  openMessage(accountId: AccountId, emailId: EmailId): Promise<MessageReader | undefined>;
  /** Several at once, in the order of the ids, on one snapshot: cheaper than one by one. At most about 64, all are in memory. */
  openMessages(accountId: AccountId, emailIds: readonly EmailId[]): Promise<readonly (MessageReader | undefined)[]>;
  /** Exact answer to a text search among these messages: the index of candidates, then verification. `uids` ascending. */
  matchText(request: TextRequest): Promise<Uint32Array>;
  /** The messages that have all words of the query, or words like them (RFC 6203); an empty query is as of `matchText`. */
  rankText(request: TextRequest): Promise<Ranked>;
  /** Uids expunged after `since`, ascending; `complete` false when older tombstones were pruned (RFC 7162 section 3.2.5.2). */
  vanishedSince(request: {
    readonly mailboxId: MailboxId;
    readonly since: ModSeq;
  }): Promise<{ readonly uids: Uint32Array; readonly complete: boolean }>;
  /** Octets used by the account's messages, each message once. */
  usage(accountId: AccountId): Promise<{ readonly usedBytes: number; readonly messages: number }>;
  /** Mailboxes, and octets of annotations with their names. */
  countHoldings(accountId: AccountId): Promise<{ readonly mailboxes: number; readonly annotationBytes: number }>;
  /**
   * Hear of every change in an account, after it is durable and before the write that made it resolves: once each and in
   * order, also when another process on the same database made it. What was committed before is in all that is read from
   * here on.
   */
  watch(accountId: AccountId, listener: (change: Change) => void): () => void;
  /**
   * Hear of every mailbox that is made, renamed or removed, or whose rights change, whoever's it is; what another process on the
   * same database does may be missed, if that process or the connection to the database ends just then.
   */
  watchMailboxes(listener: (ownerId: AccountId, change: Change & { readonly kind: 'mailbox' }) => void): () => void;

  // ── annotations (RFC 5464) ──
  readAnnotations(target: AnnotationTarget): Promise<readonly Annotation[]>;
  /** `value` undefined removes; `keep`: what is there already stays. Nobody hears of server entries. */
  setAnnotations(
    request: Origin & {
      readonly target: AnnotationTarget;
      readonly values: readonly {
        readonly entry: string;
        readonly value: Uint8Array | undefined;
        readonly keep?: boolean;
      }[];
    },
  ): Promise<
    { readonly ok: true } | { readonly ok: false; readonly reason: 'no-such-mailbox' | 'too-many' | 'too-large' }
  >;

  // ── directory ──
  /** All directory objects with their version. */
  readDirectory(): Promise<DirectoryState>;
  /** Applies an edit if the directory is still at `baseVersion`; `conflict` otherwise. Accounts come and go in the same transaction. */
  editDirectory(
    edit: DirectoryEdit,
  ): Promise<
    | { readonly ok: true; readonly version: number; readonly accountIds: ReadonlyMap<string, AccountId> }
    | { readonly ok: false; readonly reason: 'conflict' }
  >;
  /** Hear that the directory changed, here or in another process. */
  watchDirectory(listener: (version: number) => void): () => void;

  /** What goes out. */
  readonly outgoing: OutgoingStore;
  /** What deliveries to other hosts leave behind. */
  readonly relay: RelayStore;
  // ── logins ──
  /** Adds to the rows of the same key, or makes them. At most some hundred at once. */
  addLoginAttempts(rows: readonly LoginAttemptRow[]): Promise<void>;
  /** The latest first. */
  readLoginAttempts(selection: LoginAttemptSelection): Promise<readonly LoginAttemptRow[]>;
  pruneLoginAttempts(request: PruneLoginAttempts): Promise<void>;

  /** Finishes writes under way and releases everything. */
  close(): Promise<void>;
}
