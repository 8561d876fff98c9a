/** A mixed write load from several connections, each of which keeps book of what was acknowledged to it. */
import { randomFrom } from '../../bench/corpus.ts';
import { SmtpClient } from '../../bench/clients/smtp-client.ts';
import { ImapSession } from '../e2e/harness/imap-session.ts';
import type { Account, TestServer } from '../e2e/harness/server.ts';
import {
  compareModels,
  readMailbox,
  readModel,
  withMailboxes,
  type Model,
  type ModelMessage,
} from './mailbox-model.ts';

/** One connection's work until the server dies, and the check afterwards. */
export interface Writer {
  /** Until the end of the connection, which is no error. `acknowledged` is called after each operation that the server confirmed. */
  run(acknowledged: () => void): Promise<void>;
  /** What is wrong after the restart, given a logged-in connection; empty when all is as acknowledged. */
  check(imap: ImapSession): Promise<string[]>;
}

const sets = ['\\Seen', '\\Flagged', '\\Answered', '\\Deleted', '$Later', 'own-word'];

function compose(id: string, bytes: number): Buffer {
  return Buffer.from(
    `X-Id: ${id}\r\nSubject: ${id}\r\nMessage-ID: <${id}@crash.test>\r\n\r\n${'line of text\r\n'.repeat(bytes / 14)}`,
  );
}

/** Appends, flags, moves, copies, expunges and makes, renames and deletes mailboxes, all below `prefix`. */
export class ImapWriter implements Writer {
  readonly #server: TestServer;
  readonly #account: Account;
  readonly #prefix: string;
  readonly #random: () => number;
  #before: Model = new Map();
  /** The model if the command under way was carried out. */
  #after: Model | undefined;
  #next = 0;
  #selected = '';

  constructor(server: TestServer, account: Account, prefix: string, seed: number) {
    this.#server = server;
    this.#account = account;
    this.#prefix = prefix;
    this.#random = randomFrom(seed);
  }

  async run(acknowledged: () => void): Promise<void> {
    try {
      const imap = await ImapSession.login(this.#server.ports.imap, this.#account.address, this.#account.password);
      this.#before = await readModel(imap, this.#prefix);
      this.#after = undefined;
      this.#selected = '';
      for (;;) {
        await this.#step(imap);
        acknowledged();
      }
    } catch (error) {
      // The server was killed. Anything else is a fault of the test or of the server.
      if (!isDisconnect(error)) throw error;
    }
  }

  async check(imap: ImapSession): Promise<string[]> {
    const found = await readModel(imap, this.#prefix);
    const wrong = compareModels(this.#before, found);
    if (wrong.length === 0 || (this.#after && compareModels(this.#after, found).length === 0)) return [];
    return wrong;
  }

  #pick<T>(list: readonly T[]): T {
    const picked = list[Math.floor(this.#random() * list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  async #step(imap: ImapSession): Promise<void> {
    const names = [...this.#before.keys()];
    const filled = names.filter((name) => (this.#before.get(name)?.length ?? 0) > 0);
    const dice = this.#random();
    if (names.length < 2 || dice < 0.04) return this.#create(imap, names);
    if (dice < 0.07) return this.#rename(imap, this.#pick(names));
    if (dice < 0.1 && names.length > 2) return this.#delete(imap, this.#pick(names));
    if (filled.length === 0 || dice < 0.45) return this.#append(imap, this.#pick(names));
    const name = this.#pick(filled);
    if (dice < 0.75) return this.#setFlags(imap, name);
    if (dice < 0.9) return this.#moveOrCopy(imap, name, this.#pick(names.filter((other) => other !== name)));
    return this.#expunge(imap, name);
  }

  /** Runs one command: until its answer, both models are right. */
  async #act<T>(after: Model, command: () => Promise<T>): Promise<T> {
    this.#after = after;
    const answer = await command();
    this.#before = this.#after;
    this.#after = undefined;
    return answer;
  }

  async #create(imap: ImapSession, names: readonly string[]): Promise<void> {
    const name = `${this.#prefix}/${names.length}-${this.#next++}`;
    // The parent may come into being with the first child.
    const parent = this.#before.has(this.#prefix) ? {} : { [this.#prefix]: [] };
    await this.#act(withMailboxes(this.#before, { ...parent, [name]: [] }), () => imap.ok(`CREATE "${name}"`));
  }

  async #rename(imap: ImapSession, name: string): Promise<void> {
    if (name === this.#prefix) return;
    await this.#close(imap);
    const to = `${this.#prefix}/renamed-${this.#next++}`;
    const messages = this.#before.get(name) ?? [];
    await this.#act(withMailboxes(this.#before, { [name]: undefined, [to]: messages }), () =>
      imap.ok(`RENAME "${name}" "${to}"`),
    );
  }

  async #delete(imap: ImapSession, name: string): Promise<void> {
    if (name === this.#prefix) return;
    await this.#close(imap);
    await this.#act(withMailboxes(this.#before, { [name]: undefined }), () => imap.ok(`DELETE "${name}"`));
  }

  async #append(imap: ImapSession, name: string): Promise<void> {
    const id = `${this.#prefix}-${this.#next++}`;
    const flags = sets.filter(() => this.#random() < 0.2);
    const message: ModelMessage = { id, flags, uid: undefined };
    const held = this.#before.get(name) ?? [];
    // Some are large, so that files are written as well as rows.
    const bytes = this.#random() < 0.08 ? 300_000 : 200 + this.#random() * 5000;
    const uid = await this.#act(withMailboxes(this.#before, { [name]: [...held, message] }), () =>
      imap.append(name, compose(id, bytes), flags.join(' ')),
    );
    this.#before = withMailboxes(this.#before, { [name]: [...held, { ...message, uid }] });
  }

  async #setFlags(imap: ImapSession, name: string): Promise<void> {
    const chosen = await this.#choose(imap, name);
    const flags = sets.filter(() => this.#random() < 0.3);
    const how = this.#pick(['+', '-', '']);
    const change = (m: ModelMessage): ModelMessage => {
      if (m.uid === undefined || !chosen.includes(m.uid)) return m;
      const kept = how === '' ? [] : m.flags.filter((flag) => !flags.includes(flag));
      return { ...m, flags: how === '-' ? kept : [...kept, ...flags] };
    };
    const after = withMailboxes(this.#before, { [name]: (this.#before.get(name) ?? []).map(change) });
    await this.#act(after, () => imap.ok(`UID STORE ${chosen.join(',')} ${how}FLAGS.SILENT (${flags.join(' ')})`));
  }

  async #moveOrCopy(imap: ImapSession, name: string, to: string): Promise<void> {
    const chosen = await this.#choose(imap, name);
    const isChosen = ({ uid }: ModelMessage): boolean => uid !== undefined && chosen.includes(uid);
    const held = this.#before.get(name) ?? [];
    const target = [...(this.#before.get(to) ?? []), ...held.filter(isChosen).map((m) => ({ ...m, uid: undefined }))];
    const after = withMailboxes(this.#before, { [name]: held.filter((m) => !isChosen(m)), [to]: target });
    await this.#act(after, () => imap.ok(`UID MOVE ${chosen.join(',')} "${to}"`));
    await this.#learnUids(imap, to);
  }

  async #expunge(imap: ImapSession, name: string): Promise<void> {
    await this.#select(imap, name);
    const kept = (this.#before.get(name) ?? []).filter(({ flags }) => !flags.includes('\\Deleted'));
    await this.#act(withMailboxes(this.#before, { [name]: kept }), () => imap.ok('EXPUNGE'));
  }

  /** Reads the uids of a mailbox whose new messages we know by name only. */
  async #learnUids(imap: ImapSession, name: string): Promise<void> {
    const found = new Map((await readMailbox(imap, name)).map(({ id, uid }) => [id, uid]));
    this.#selected = '';
    const learnt = (this.#before.get(name) ?? []).map((m) => ({ ...m, uid: found.get(m.id) }));
    this.#before = withMailboxes(this.#before, { [name]: learnt });
  }

  /** Some uids of a mailbox, which is then selected. */
  async #choose(imap: ImapSession, name: string): Promise<number[]> {
    await this.#select(imap, name);
    const uids = (this.#before.get(name) ?? []).flatMap(({ uid }) => uid ?? []);
    const chosen = uids.filter(() => this.#random() < 0.3);
    return chosen.length > 0 ? chosen : [this.#pick(uids)];
  }

  async #select(imap: ImapSession, name: string): Promise<void> {
    if (this.#selected !== name) await imap.ok(`SELECT "${name}"`);
    this.#selected = name;
  }

  async #close(imap: ImapSession): Promise<void> {
    if (this.#selected !== '') await imap.ok('UNSELECT');
    this.#selected = '';
  }
}

/** Delivers messages to INBOX by SMTP; each that got 250 must be there. */
export class SmtpWriter implements Writer {
  readonly #server: TestServer;
  readonly #account: Account;
  readonly #name: string;
  readonly #random: () => number;
  readonly #acknowledged = new Set<string>();
  #sent = 0;

  constructor(server: TestServer, account: Account, name: string, seed: number) {
    this.#server = server;
    this.#account = account;
    this.#name = name;
    this.#random = randomFrom(seed);
  }

  async run(acknowledged: () => void): Promise<void> {
    try {
      const smtp = await SmtpClient.connect(
        { host: '127.0.0.1', port: this.#server.ports.smtp },
        { helo: 'client.remote.test' },
      );
      for (;;) {
        const id = `${this.#name}-${this.#sent++}`;
        const bytes = this.#random() < 0.05 ? 400_000 : 200 + this.#random() * 8000;
        await smtp.send('sender@remote.test', [this.#account.address], compose(id, bytes));
        this.#acknowledged.add(id);
        acknowledged();
      }
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    }
  }

  async check(imap: ImapSession): Promise<string[]> {
    const ids = (await readMailbox(imap, 'INBOX')).map(({ id }) => id).filter((id) => id.startsWith(`${this.#name}-`));
    const found = new Set(ids);
    return [
      ...[...this.#acknowledged]
        .filter((id) => !found.has(id))
        .map((id) => `INBOX: ${id} was acknowledged and is missing`),
      ...(found.size === ids.length ? [] : ['INBOX: a message is there twice']),
    ];
  }
}

function isDisconnect(error: unknown): boolean {
  return error instanceof Error && /clos|ECONNRE|EPIPE|no greeting|aborted/.test(error.message);
}
