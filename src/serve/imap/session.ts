import type { Peer, Sink, TlsFacts } from '../../base/conversation.ts';
import type { Log } from '../../base/log.ts';
import type { Account, LoginProof } from '../../directory/directory.ts';
import type { LoginNote } from '../../directory/logins/login-log.ts';
import type { AccountId } from '../../store/ids.ts';
import type { Mailbox } from '../../store/mailbox.ts';
import { AgeTimer } from './context/age-timer.ts';
import type { MessageLiteral } from '../../wire/imap/imap-reader.ts';
import { MailboxNews } from './mailbox-news.ts';
import { isPossibleName } from './mailbox-name.ts';
import type { NotifyWatch } from './notify/notify-watch.ts';
import { No } from './refusal.ts';
import type { ImapListenerOptions, ImapServices } from './services.ts';
import type { SharingRegistry } from './sharing/sharing-registry.ts';
import type { View } from './view.ts';

/** RFC 9051 section 3. */
export type State = 'not-authenticated' | 'authenticated' | 'selected';

/** Something from inside the server that a session should look at; carries nothing, so at most one of each waits. */
export type ImapEvent = 'mailbox-changed' | 'directory-changed' | 'account-removed' | 'answer-due';

/** The mailbox a session is in. */
export interface Selected {
  /** As it was at SELECT; counts are not kept up to date, `view.index` is. */
  readonly mailbox: Mailbox;
  readonly view: View;
  /** EXAMINE, or no right to change anything: nothing may change, not even \Seen. */
  readonly readOnly: boolean;
  /** Whose mailbox it is. */
  readonly ownerId: AccountId;
  /** What the client may do with it, letters; of a mailbox of another account it may change. RFC 4314. */
  rights: string;
  /** Ends hearing of it; undefined: it is the client's own. */
  readonly unwatch: (() => void) | undefined;
}

/** How a command that needs more than its line gets it. Implemented by the conversation. */
export interface MoreInput {
  /**
   * The next line without CRLF, Latin-1, after what was written is sent. Changes in the mailbox are told meanwhile only
   * while `session.idling`.
   * @throws ConnectionEnded when the client went away, was silent too long or the server stops. @throws Bad when the line is too long.
   */
  line(maxBytes?: number): Promise<string>;
  /**
   * The octets of a literal whose mark ended the command's line (or the line read last). Says `+` first if the client
   * waits for it. `take` gets each piece, which is only valid until it returns (or its promise resolves).
   * @throws ConnectionEnded as `line`.
   */
  literal(literal: MessageLiteral, take: (octets: Uint8Array) => void | Promise<unknown>): Promise<void>;
}

/** What one connection knows. Commands read and change it; only the conversation drives it. */
export class Session {
  readonly services: ImapServices;
  readonly options: ImapListenerOptions;
  readonly peer: Peer;
  readonly sink: Sink<ImapEvent>;
  readonly input: MoreInput;
  /** The names that CAPABILITY lists for this session now. */
  readonly printCapabilities: (session: Session) => string;
  /** Who tells what other accounts share. */
  readonly sharing: SharingRegistry;
  log: Log;
  tls: TlsFacts | undefined;
  /** Set by login. */
  account: Account | undefined = undefined;
  /** The address that logged in, as the directory prints it. */
  loginAddress = '';
  proof: LoginProof | undefined = undefined;
  /** What the client calls itself (ID), and where that is written down once it has logged in. */
  client: string | undefined = undefined;
  loginNote: LoginNote | undefined = undefined;
  selected: Selected | undefined = undefined;
  /** ENABLE and its equals. RFC 5161, RFC 7162 section 3.1.2.2. */
  rev2 = false;
  utf8Accept = false;
  condstore = false;
  qresync = false;
  metadata = false;
  uidOnly = false;
  /** COMPRESS is on. */
  compressed = false;
  /** Inside IDLE: changes are told as they come. */
  idling = false;
  /** The connection closes after the current command: LOGOUT. */
  ending = false;
  failedLogins = 0;
  /** An event was posted and not yet seen; more would say the same. */
  changePosted = false;
  /** What others did to the account's mailboxes; names for IMAP4rev2, annotations after ENABLE METADATA. */
  readonly news = new MailboxNews();
  /** What the client wants to hear since NOTIFY; undefined before the first. RFC 5465. */
  notify: NotifyWatch | undefined = undefined;
  /** For contexts with OLDER or YOUNGER. */
  readonly ageTimer: AgeTimer;
  /** Ends the watch on the account. */
  unwatch: (() => void) | undefined = undefined;

  constructor(
    services: ImapServices,
    options: ImapListenerOptions,
    peer: Peer,
    sink: Sink<ImapEvent>,
    input: MoreInput,
    printCapabilities: (session: Session) => string,
    sharing: SharingRegistry,
  ) {
    this.services = services;
    this.options = options;
    this.peer = peer;
    this.sink = sink;
    this.input = input;
    this.printCapabilities = printCapabilities;
    this.sharing = sharing;
    this.tls = peer.tls;
    this.log = services.log.with({ session: peer.id });
    this.ageTimer = new AgeTimer(services.clock, () => this.lookNow());
  }

  /** Only sessions that are told at once: in IDLE, or after NOTIFY. All others look when a command ends. */
  private lookNow(): void {
    if (this.changePosted || this.ending || !(this.idling || this.notify !== undefined)) return;
    this.changePosted = true;
    this.sink.post('mailbox-changed');
  }

  get state(): State {
    if (this.selected !== undefined) return 'selected';
    return this.account === undefined ? 'not-authenticated' : 'authenticated';
  }

  /** Mailbox names and quoted strings in UTF-8. RFC 9051 section 5.1, RFC 6855. */
  get utf8(): boolean {
    return this.rev2 || this.utf8Accept;
  }

  /** What NOTIFY asked for before is void. */
  replaceNotify(watch: NotifyWatch | undefined): void {
    this.notify?.others?.close();
    this.notify = watch;
  }

  /** Passwords may be sent: TLS is on, or the listener allows it without. */
  get mayLogin(): boolean {
    return this.tls !== undefined || this.options.plaintextLogin;
  }

  /** The account as the directory has it now (its quota may have changed). Only for commands that need a login. */
  currentAccount(): Account {
    const account = this.account && this.services.directory.findAccount(this.account.id);
    if (account === undefined) throw new No('account is gone', 'UNAVAILABLE');
    return account;
  }

  /** The selected mailbox; only for commands of the selected state. */
  currentMailbox(): Selected {
    if (this.selected === undefined) throw new No('no mailbox selected', 'CLIENTBUG');
    return this.selected;
  }

  /** The same, for commands that change messages. @throws No after EXAMINE. */
  writableMailbox(): Selected {
    const selected = this.currentMailbox();
    if (selected.readOnly) throw new No('mailbox was opened read-only', 'READ-ONLY');
    return selected;
  }

  /** The account that the selected mailbox belongs to; without one, the client's own. */
  get selectedOwnerId(): AccountId {
    return this.selected?.ownerId ?? this.currentAccount().id;
  }

  /** An existing mailbox by name. @throws No with this code. RFC 9051 section 7.1. */
  async findMailbox(name: string, code: 'NONEXISTENT' | 'TRYCREATE'): Promise<Mailbox> {
    const mailbox = await this.services.store.findMailbox(this.currentAccount().id, name);
    if (mailbox !== undefined) return mailbox;
    // RFC 9051 sections 6.3.12, 6.4.7 and 6.4.8: TRYCREATE unless it is certain that it cannot be made.
    if (code === 'TRYCREATE' && !isPossibleName(name)) throw new No('no mailbox can have that name', 'CANNOT');
    throw new No('no such mailbox', code);
  }

  /** Given to the store with each write; a session recognises its own changes by modseq (`View.ignore`). */
  get origin(): string {
    return this.peer.id;
  }
}
