import type { Account } from '../../../directory/directory.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import type { Spool } from '../../../store/spool.ts';
import type { AppendMessage, ReplaceOutcome, Store } from '../../../store/store.ts';
import type { MessageLiteral } from '../../../wire/imap/imap-reader.ts';
import { printNumbers } from '../../../wire/imap/sequence-set.ts';
import { parseFlags, type FlagValues } from '../flag-text.ts';
import { Bad, No } from '../refusal.ts';
import type { Done } from '../respond.ts';
import type { Session } from '../session.ts';
import { openAccess, type Access } from '../sharing/access.ts';
import { permittedFlags } from '../sharing/flag-rights.ts';
import type { AppendArguments, AppendStep } from './append-arguments.ts';
import { AppendInput } from './append-input.ts';
import { AppendRoom } from './append-room.ts';
import { openCatenated } from './catenated-url.ts';

/** The message that goes when the new one comes (REPLACE). */
type Replaced = Parameters<Store['replace']>[1];

interface Collected {
  /** Made when the first octets come. */
  spool: Spool | undefined;
  bytes: number;
  readonly catenate: boolean;
  readonly values: FlagValues;
  readonly receivedAtMs: number | undefined;
}

/**
 * APPEND of one message or several, all or nothing, each in one piece or in parts. RFC 9051 section 6.3.12, RFC 3502, RFC 4469.
 * Everything that can be judged before the octets come is judged first, so a client that waits for `+` sends nothing in vain.
 */
export class AppendRun {
  private readonly session: Session;
  private readonly account: Account;
  private readonly mailbox: Mailbox;
  private readonly rights: string;
  private readonly replaced: Replaced | undefined;
  private readonly input: AppendInput;
  private readonly room: AppendRoom;
  private readonly collected: Collected[] = [];

  private constructor(session: Session, { owner, mailbox, rights }: Access, replaced: Replaced | undefined) {
    this.session = session;
    this.account = owner;
    this.mailbox = mailbox;
    this.rights = rights;
    this.replaced = replaced;
    this.input = new AppendInput(session);
    this.room = new AppendRoom(session, owner, replaced);
  }

  /** @throws No TRYCREATE, TOOBIG, OVERQUOTA, LIMIT, BADURL; Bad for what follows a message and is no message. */
  static async run(session: Session, args: AppendArguments, replaced?: Replaced): Promise<Done> {
    const access = await openAccess(session, args.mailbox, 'i', 'TRYCREATE');
    if (replaced !== undefined && replaced.accountId !== access.owner.id) {
      throw new No('a message cannot be replaced by one in another account', 'CANNOT');
    }
    const append = new AppendRun(session, access, replaced);
    try {
      await append.collectAll(args);
      return await append.store();
    } catch (error) {
      await append.discard();
      throw error;
    }
  }

  private async collectAll(first: AppendArguments): Promise<void> {
    try {
      for (const step of first.steps) await this.take(step);
      for (let { open } = first; open !== undefined;) {
        const text = await this.input.next(open);
        for (const step of text.steps) await this.take(step);
        open = text.open;
      }
    } catch (error) {
      await this.input.drain();
      throw error;
    }
  }

  private take(step: AppendStep): Promise<void> | void {
    switch (step.kind) {
      case 'message':
        return this.begin(step);
      case 'literal':
        return this.takeLiteral(step.literal);
      case 'octets':
        return this.takeOctets(Buffer.from(step.octets, 'latin1'));
      case 'url':
        return this.takeUrl(step.url);
      case 'end':
        return this.end();
      default:
        return step satisfies never;
    }
  }

  private begin({ flags, receivedAtMs, catenate }: AppendStep & { kind: 'message' }): void {
    const values = permittedFlags(parseFlags(flags), this.rights);
    if (this.replaced !== undefined && this.collected.length > 0) throw new Bad('one message replaces another');
    this.room.countMessage();
    this.collected.push({ spool: undefined, bytes: 0, catenate, values, receivedAtMs });
  }

  private async takeLiteral(literal: MessageLiteral): Promise<void> {
    const { catenate } = this.current();
    // RFC 3502 section 6.3.11: how a client calls off the whole command.
    if (literal.sizeBytes === 0 && !catenate) throw new No('no message, nothing was appended');
    const spool = await this.makeRoom(literal.sizeBytes);
    await this.input.literal(literal, (octets) => write(spool, octets));
  }

  private async takeOctets(octets: Uint8Array): Promise<void> {
    const spool = await this.makeRoom(octets.length);
    await write(spool, octets);
  }

  private async takeUrl(text: string): Promise<void> {
    const found = await openCatenated(this.session, text);
    try {
      const spool = await this.makeRoom(found.bytes);
      for await (const piece of found.pieces()) await write(spool, piece);
    } finally {
      found.close();
    }
  }

  /** So many octets of the current message are about to come. */
  private async makeRoom(bytes: number): Promise<Spool> {
    const current = this.current();
    await this.room.take(current.bytes, bytes);
    current.bytes += bytes;
    const { maxMessageBytes } = this.session.options;
    const limits = current.catenate ? { maxBytes: maxMessageBytes } : { maxBytes: bytes, expectedBytes: bytes };
    current.spool ??= this.session.services.store.newSpool(limits);
    return current.spool;
  }

  private end(): void {
    if (this.current().bytes === 0) throw new No('no message, nothing was appended');
  }

  private current(): Collected {
    const current = this.collected.at(-1);
    if (current === undefined) throw new Error('octets before a message');
    return current;
  }

  private async store(): Promise<Done> {
    const { services } = this.session;
    const { id, quotaBytes } = this.account;
    const now = services.clock.now();
    const messages: AppendMessage[] = [];
    for (const { spool, values, receivedAtMs } of this.collected) {
      if (spool === undefined) throw new Error('message without octets');
      const target = {
        accountId: id,
        mailbox: this.mailbox.id,
        ...values,
        receivedAtMs: receivedAtMs ?? now,
        prefix: '',
        ...(quotaBytes === undefined ? {} : { quotaBytes }),
      };
      messages.push({ message: await spool.finish(), targets: [target] });
    }
    // From here on the messages are the store's.
    const outcome = this.outcomeOf(this.put(messages));
    // Messages in files are made ready one after the other; to wait for them keeps the uids in the order of the commands.
    const isInOrder = messages.every(({ message }) => message.kind === 'octets');
    return isInOrder && this.replaced === undefined ? { later: { outcome, bytes: this.room.totalBytes } } : outcome;
  }

  private async outcomeOf(stored: Promise<readonly ReplaceOutcome[]>): Promise<Done> {
    try {
      const code = appendUidOf(await stored);
      // RFC 9051 section 6.3.12: who may not read the mailbox hears nothing of it.
      return this.rights.includes('r') ? { code } : {};
    } finally {
      await this.discard();
    }
  }

  private async put(messages: readonly AppendMessage[]): Promise<readonly ReplaceOutcome[]> {
    const { services, origin } = this.session;
    const [first] = messages;
    if (this.replaced === undefined || first === undefined) return services.store.appendAll(messages, { origin });
    return [await services.store.replace(first, this.replaced, { origin })];
  }

  private async discard(): Promise<void> {
    for (const { spool } of this.collected) await spool?.discard();
  }
}

function write(spool: Spool, octets: Uint8Array): Promise<unknown> | undefined {
  const written = spool.write(octets);
  return typeof written === 'string' ? undefined : written;
}

const refusals = {
  'over-quota': () => new No('no room in this account', 'OVERQUOTA'),
  'no-such-mailbox': () => new No('no such mailbox', 'TRYCREATE'),
  'no-such-message': () => new No('message to be replaced is gone', 'EXPUNGEISSUED'),
} as const;

/** APPENDUID with the uids in the order of the messages, which ascends. RFC 9051 section 7.1, RFC 4315 section 3. */
function appendUidOf(outcomes: readonly ReplaceOutcome[]): string {
  const uids: number[] = [];
  let uidValidity = 0;
  for (const outcome of outcomes) {
    if (!outcome.ok) {
      throw refusals[outcome.reason]();
    }
    uids.push(outcome.uid);
    ({ uidValidity } = outcome);
  }
  return `APPENDUID ${uidValidity} ${printNumbers(uids)}`;
}
