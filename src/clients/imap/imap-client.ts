import type { TlsState } from '../../net/dial.ts';
import type { Credentials } from '../../wire/sasl/choose-client-mechanism.ts';
import { codeCapabilities } from './open-session.ts';
import type { FetchedMessage } from '../../wire/imap/response/read-fetched.ts';
import type { ListedMailbox, MailboxStatus } from '../../wire/imap/response/read-listed.ts';
import type { SearchResult } from '../../wire/imap/response/read-esearch.ts';
import type { NumberRanges } from '../../wire/imap/response/uid-set.ts';
import { appendMessage, type AppendContent, type Appended, type AppendOptions } from './append-message.ts';
import { authenticate } from './authenticate.ts';
import { copyMessages, expungeMessages, storeFlags, type Copied, type StoreOptions } from './change-messages.ts';
import { mailboxPart } from './command.ts';
import { ConnectionState } from './connection-state.ts';
import { downloadPart, fetchMessages, fetchVanished, type FetchOptions } from './fetch-messages.ts';
import { idle } from './idle.ts';
import { ImapError } from './imap-error.ts';
import { askStatus, createMailbox, exchangeId, listMailboxes, type ListOptions } from './list-mailboxes.ts';
import { askCapabilities, openSession, type CapabilitySet } from './open-session.ts';
import { defaultImapTimeouts, type ImapClientOptions } from './options.ts';
import type { SearchCriteria } from './search-criteria.ts';
import { searchMessages, sortMessages, type SearchOptions } from './search-messages.ts';
import { enable, selectMailbox, type Selected, type SelectOptions } from './select-mailbox.ts';
import type { MailboxChange, SelectedMailbox } from './selected-mailbox.ts';

// What `posthorn/imap-client` offers besides the client.
export { ImapError };
export type {
  AppendContent,
  Appended,
  AppendOptions,
  CapabilitySet,
  Copied,
  Credentials,
  FetchedMessage,
  FetchOptions,
};
export type {
  ImapClientOptions,
  ListedMailbox,
  ListOptions,
  MailboxChange,
  MailboxStatus,
  NumberRanges,
  SearchCriteria,
};
export type { SearchOptions, SearchResult, Selected, SelectedMailbox, SelectOptions, StoreOptions, TlsState };
export type { ImapFault } from './imap-error.ts';
export type { ClientKey } from '../client-security.ts';
export type { ImapTimeouts } from './options.ts';
export type { BodyPart } from '../../wire/imap/response/read-body-structure.ts';
export type { Envelope, EnvelopeAddress } from '../../wire/imap/response/read-envelope.ts';
export type { ResponseCode } from '../../wire/imap/response/parse-response.ts';
export type { ServerCertificate, VerifyServer } from '../../net/client-tls.ts';

type Uids = string | readonly number[];

/** One connection to an IMAP server (RFC 9051, RFC 3501). One call at a time; messages are named by uid. */
export class ImapClient {
  readonly greeting: string;
  readonly #state: ConnectionState;
  #isAuthenticated: boolean;

  private constructor(state: ConnectionState, greeting: string, isAuthenticated: boolean) {
    this.#state = state;
    this.greeting = greeting;
    this.#isAuthenticated = isAuthenticated;
  }

  /** Connects, is greeted, and secures. @throws ImapError */
  static async connect(options: ImapClientOptions): Promise<ImapClient> {
    const timeouts = { ...defaultImapTimeouts, ...options.timeouts };
    const { dialogue, capabilities, greeting, isPreauthenticated } = await openSession(options, timeouts);
    return new ImapClient(new ConnectionState(dialogue, capabilities, timeouts), greeting, isPreauthenticated);
  }

  /** What the server offers now: after TLS and after the login it may be something else. */
  get capabilities(): CapabilitySet {
    return this.#state.capabilities;
  }

  /** Logged in; also when the server knew who we are by the certificate (PREAUTH). */
  get isAuthenticated(): boolean {
    return this.#isAuthenticated;
  }

  /** The selected mailbox, kept true; undefined when there is none. */
  get mailbox(): SelectedMailbox | undefined {
    return this.#state.selected;
  }

  /** Undefined in plain text. */
  get tls(): TlsState | undefined {
    return this.#state.dialogue.connection.tls;
  }

  get isOpen(): boolean {
    return this.#state.dialogue.connection.isOpen;
  }

  /** Hear of changes in the selected mailbox, whenever the server tells them: with any command, or during `idle`. */
  onChange(listener: ((change: MailboxChange) => void) | undefined): void {
    this.#state.onChange = listener;
  }

  /**
   * Logs in with the strongest mechanism that both know, and returns its name. Passwords cross only TLS, unless
   * `allowPlaintext`. @throws ImapError
   */
  async authenticate(credentials: Credentials, options: { readonly allowPlaintext?: boolean } = {}): Promise<string> {
    const state = this.#state;
    const { allowPlaintext = false } = options;
    const { mechanism, answer } = await authenticate(state.dialogue, state.capabilities, credentials, {
      ...{ allowPlaintext, timeoutMs: state.timeouts.command, onUntagged: state.take },
    });
    this.#isAuthenticated = true;
    // What was offered before the login is forgotten. RFC 9051 section 6.2.2.
    state.learn(codeCapabilities(answer.code) ?? (await askCapabilities(state.dialogue, state.timeouts)));
    return mechanism;
  }

  /** RFC 9051 section 6.3.1; what the server confirmed. @throws ImapError */
  enable(...names: readonly string[]): Promise<readonly string[]> {
    return enable(this.#state, names);
  }

  /** RFC 2971. @throws ImapError */
  id(ours: Readonly<Record<string, string>> = {}): Promise<ReadonlyMap<string, string | undefined>> {
    return exchangeId(this.#state, ours);
  }

  /** @throws ImapError */
  list(options: ListOptions = {}): Promise<readonly ListedMailbox[]> {
    return listMailboxes(this.#state, options);
  }

  /** `items` such as MESSAGES, UNSEEN, UIDNEXT. Undefined when the server tells nothing. @throws ImapError */
  status(mailbox: string, items: readonly string[]): Promise<MailboxStatus | undefined> {
    return askStatus(this.#state, mailbox, items);
  }

  /** `specialUse` such as `\Sent`. @throws ImapError */
  create(mailbox: string, options: { readonly specialUse?: string } = {}): Promise<void> {
    return createMailbox(this.#state, mailbox, options.specialUse);
  }

  /** @throws ImapError */
  async delete(mailbox: string): Promise<void> {
    await this.#state.run(['DELETE ', this.#name(mailbox)]);
  }

  /** @throws ImapError */
  async rename(mailbox: string, newName: string): Promise<void> {
    await this.#state.run(['RENAME ', this.#name(mailbox), ' ', this.#name(newName)]);
  }

  /** @throws ImapError */
  async subscribe(mailbox: string, subscribed = true): Promise<void> {
    await this.#state.run([subscribed ? 'SUBSCRIBE ' : 'UNSUBSCRIBE ', this.#name(mailbox)]);
  }

  /** @throws ImapError */
  select(mailbox: string, options: SelectOptions = {}): Promise<Selected> {
    return selectMailbox(this.#state, mailbox, options);
  }

  /** Nothing is selected any more; what has \Deleted stays. @throws ImapError */
  async unselect(): Promise<void> {
    this.#state.insistCapability('UNSELECT', 'UNSELECT', 'IMAP4REV2');
    await this.#state.run(['UNSELECT']);
    this.#state.selected = undefined;
  }

  /** @throws ImapError, and what the pieces of the content throw */
  append(mailbox: string, content: AppendContent, options: AppendOptions = {}): Promise<Appended> {
    return appendMessage(this.#state, mailbox, content, options);
  }

  /** One after another, as they come: a mailbox of any size needs the memory of one message. @throws ImapError */
  fetch(set: Uids, items: readonly string[], options: FetchOptions = {}): AsyncGenerator<FetchedMessage, void> {
    return fetchMessages(this.#state, set, items, options);
  }

  /** The octets of a message or of one of its parts, in pieces. @throws ImapError */
  download(
    uid: number,
    { section = '', decoded = false }: { readonly section?: string; readonly decoded?: boolean } = {},
  ): AsyncGenerator<Uint8Array, void> {
    return downloadPart(this.#state, uid, section, decoded);
  }

  /** What changed and what vanished since (QRESYNC). @throws ImapError */
  changedSince(
    set: Uids,
    modseq: bigint,
  ): Promise<{ readonly vanished: NumberRanges; readonly changed: readonly FetchedMessage[] }> {
    return fetchVanished(this.#state, set, modseq);
  }

  /** @throws ImapError */
  search(criteria: SearchCriteria, options: SearchOptions = {}): Promise<SearchResult> {
    return searchMessages(this.#state, criteria, options);
  }

  /** Uids in order. @throws ImapError */
  sort(order: readonly string[], criteria: SearchCriteria = {}): Promise<readonly number[]> {
    return sortMessages(this.#state, order, criteria);
  }

  /** Uids that were left alone because of `unchangedSince`. @throws ImapError */
  addFlags(uids: Uids, flags: readonly string[], options: StoreOptions = {}): Promise<readonly number[]> {
    return storeFlags(this.#state, uids, { how: 'add', flags }, options);
  }

  /** @throws ImapError */
  removeFlags(uids: Uids, flags: readonly string[], options: StoreOptions = {}): Promise<readonly number[]> {
    return storeFlags(this.#state, uids, { how: 'remove', flags }, options);
  }

  /** @throws ImapError */
  setFlags(uids: Uids, flags: readonly string[], options: StoreOptions = {}): Promise<readonly number[]> {
    return storeFlags(this.#state, uids, { how: 'replace', flags }, options);
  }

  /** @throws ImapError */
  copy(uids: Uids, mailbox: string): Promise<Copied> {
    return copyMessages(this.#state, 'COPY', uids, mailbox);
  }

  /** @throws ImapError */
  move(uids: Uids, mailbox: string): Promise<Copied> {
    return copyMessages(this.#state, 'MOVE', uids, mailbox);
  }

  /** Removes what has \Deleted: of these uids, or all. @throws ImapError */
  expunge(uids?: Uids): Promise<void> {
    return expungeMessages(this.#state, uids);
  }

  /** Waits for changes until the signal. @throws ImapError */
  idle(signal: AbortSignal): Promise<void> {
    return idle(this.#state, signal);
  }

  /** Gives the server the occasion to tell changes. @throws ImapError */
  async noop(): Promise<void> {
    await this.#state.run(['NOOP']);
  }

  /** Says good-bye and closes, whatever the server says to that. */
  async logout(): Promise<void> {
    const { dialogue, take, timeouts } = this.#state;
    const patience = Math.min(10_000, timeouts.command);
    try {
      if (this.isOpen && !dialogue.isBusy)
        await dialogue.finish(await dialogue.send(['LOGOUT'], patience, take), patience, take);
    } catch (error) {
      if (!(error instanceof ImapError)) throw error;
    }
    dialogue.connection.end();
  }

  /** Closes at once. */
  destroy(): void {
    this.#state.dialogue.connection.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.logout();
  }

  #name(mailbox: string): ReturnType<typeof mailboxPart> {
    return mailboxPart(mailbox, this.#state.utf8);
  }
}
