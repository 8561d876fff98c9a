import type { Account } from '../../../directory/directory.ts';
import type { Mailbox } from '../../../store/mailbox.ts';
import type { Spool } from '../../../store/spool.ts';
import type { AppendMessage, ReplaceOutcome, Store } from '../../../store/store.ts';
import { read } from '../../../wire/imap/read.ts';
import { findLiteralMark } from '../../../wire/imap/literal-mark.ts';
import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { printNumbers } from '../../../wire/imap/sequence-set.ts';
import { parseFlags, type FlagValues } from '../flag-text.ts';
import { Bad, Bye, No } from '../refusal.ts';
import type { Done } from '../respond.ts';
import type { Session } from '../session.ts';
import { expectMessage, type AppendArguments, type AppendedMessage } from './append-arguments.ts';

/** Messages in one command, and octets of all of them in relation to the largest single one: they wait on disk together. */
const maxMessages = 1000;
const maxTotal = 4;
/** Messages up to this size wait in memory, so there is less room for all of them. */
const smallBytes = 256 * 1024;
const maxSmallTotal = 32 * 1024 * 1024;

/** Octets of a refused message that are read and thrown away rather than closing the connection. */
const maxDrainBytes = 64 * 1024 * 1024;

/** A line between two messages holds flags and a date. */
const maxLineBytes = 32 * 1024;

/** The message that goes when the new one comes (REPLACE). */
type Replaced = Parameters<Store['replace']>[1];

interface Collected {
  readonly spool: Spool;
  readonly values: FlagValues;
  readonly receivedAtMs: number | undefined;
}

/**
 * APPEND of one message or several, all or nothing. RFC 9051 section 6.3.12, RFC 3502. Everything that can be judged before
 * the octets come is judged first, so a client that waits for `+` sends nothing in vain.
 */
export class AppendRun {
  private readonly session: Session;
  private readonly account: Account;
  private readonly mailbox: Mailbox;
  private readonly replaced: Replaced | undefined;
  private readonly collected: Collected[] = [];
  private totalBytes = 0;
  private smallTotal = 0;
  private usedBytes: number | undefined;

  private constructor(session: Session, account: Account, mailbox: Mailbox, replaced: Replaced | undefined) {
    this.session = session;
    this.account = account;
    this.mailbox = mailbox;
    this.replaced = replaced;
  }

  /** @throws No TRYCREATE, TOOBIG, OVERQUOTA, LIMIT; Bad for what follows a message and is no message. */
  static async run(session: Session, args: AppendArguments, replaced?: Replaced): Promise<Done> {
    const mailbox = await session.findMailbox(args.mailbox, 'TRYCREATE');
    const append = new AppendRun(session, session.currentAccount(), mailbox, replaced);
    try {
      await append.collectAll(args.first);
      return await append.store();
    } catch (error) {
      await append.discard();
      throw error;
    }
  }

  private async collectAll(first: AppendedMessage): Promise<void> {
    let message: AppendedMessage | undefined = first;
    await this.check(message);
    while (message !== undefined) {
      await this.collect(message);
      message = await this.next(message.inUtf8);
    }
  }

  /** What follows the octets: nothing, or the next message. Octets on their way are taken in before a refusal. */
  private async next(afterUtf8: boolean): Promise<AppendedMessage | undefined> {
    const line = await this.session.input.line(maxLineBytes);
    const parsed = read(line, (r) => expectRest(r, afterUtf8), { utf8: this.session.utf8 });
    try {
      if (!parsed.ok) throw new Bad(`expected ${parsed.error.expected} after the message`);
      if (parsed.value !== undefined) await this.check(parsed.value);
      return parsed.value;
    } catch (error) {
      const mark = findLiteralMark(line);
      if (mark !== undefined && !mark.sync) {
        if (mark.sizeBytes > maxDrainBytes) throw new Bye('literal is too big', 'TOOBIG');
        await this.session.input.literal(mark, () => undefined);
      }
      throw error;
    }
  }

  private async check(message: AppendedMessage): Promise<void> {
    const { sizeBytes } = message.literal;
    const { maxMessageBytes } = this.session.options;
    parseFlags(message.flags);
    if (sizeBytes > maxMessageBytes) throw new No('message is larger than APPENDLIMIT', 'TOOBIG');
    if (this.replaced !== undefined && this.collected.length > 0) throw new Bad('one message replaces another');
    // RFC 3502 section 6.3.11: how a client calls off the whole command.
    if (sizeBytes === 0) throw new No('no message, nothing was appended');
    this.totalBytes += sizeBytes;
    if (sizeBytes <= smallBytes) this.smallTotal += sizeBytes;
    const isTooMuch = this.totalBytes > maxTotal * maxMessageBytes || this.smallTotal > maxSmallTotal;
    if (isTooMuch || this.collected.length >= maxMessages) throw new No('too much in one command', 'LIMIT');
    await this.checkQuota();
  }

  /** The store checks again when it writes; this is for clients that have not sent the message yet. */
  private async checkQuota(): Promise<void> {
    const { quotaBytes, id } = this.account;
    if (quotaBytes === undefined) return;
    this.usedBytes ??= (await this.session.services.store.usage(id)).usedBytes - (await this.replacedBytes());
    if (this.usedBytes + this.totalBytes > quotaBytes) throw new No('no room in this account', 'OVERQUOTA');
  }

  /** RFC 8508 section 3.4: only the difference needs room. */
  private async replacedBytes(): Promise<number> {
    if (this.replaced === undefined) return 0;
    const { uid, ...place } = this.replaced;
    const { store } = this.session.services;
    for await (const [row] of store.readEmails({ ...place, uids: [[uid, uid]], withExpunged: false }, {})) {
      if (row !== undefined) return row.sizeBytes;
    }
    return 0;
  }

  private async collect({ flags, receivedAtMs, literal }: AppendedMessage): Promise<void> {
    const spool = this.session.services.store.newSpool({
      maxBytes: literal.sizeBytes,
      expectedBytes: literal.sizeBytes,
    });
    this.collected.push({ spool, values: parseFlags(flags), receivedAtMs });
    await this.session.input.literal(literal, (octets) => {
      const written = spool.write(octets);
      return typeof written === 'string' ? undefined : written;
    });
  }

  private async store(): Promise<Done> {
    const { services } = this.session;
    const { id, quotaBytes } = this.account;
    const now = services.clock.now();
    const messages: AppendMessage[] = [];
    for (const { spool, values, receivedAtMs } of this.collected) {
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
    return isInOrder && this.replaced === undefined ? { later: { outcome, bytes: this.totalBytes } } : outcome;
  }

  private async outcomeOf(stored: Promise<readonly ReplaceOutcome[]>): Promise<Done> {
    try {
      return { code: appendUidOf(await stored) };
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
    for (const { spool } of this.collected) await spool.discard();
  }
}

/** After the octets: the end of the command, or one message more. */
function expectRest(r: ImapReader, afterUtf8: boolean): AppendedMessage | undefined {
  if (afterUtf8) r.expectChar(')');
  return /^ *$/.test(r.text.slice(r.at)) ? undefined : expectMessage(r);
}

const refusals = {
  'over-quota': () => new No('no room in this account', 'OVERQUOTA'),
  'no-such-mailbox': () => new No('no such mailbox', 'TRYCREATE'),
  'no-such-message': () => new No('message to be replaced is gone', 'EXPUNGEISSUED'),
} as const;

/** APPENDUID with the uids in the order of the messages, which ascends. RFC 4315 section 3. */
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
