import type { Conversation, Converse, Input, Peer, Sink, TlsFacts } from '../../base/conversation.ts';
import { findLiteralMark, type LiteralMark } from '../../wire/imap/literal-mark.ts';
import type { MessageLiteral } from '../../wire/imap/imap-reader.ts';
import { CommandAssembler, limitsAfterLogin, limitsBeforeLogin, type AssemblyLimits, type Step } from './assembler.ts';
import { judgeCertificate } from './client-certificate.ts';
import { printCapabilities } from './command-table.ts';
import { readCommand, runCommand, takesMessage, type Reading } from './dispatch.ts';
import { ErrorCount } from './error-count.ts';
import { InputGate } from './input-gate.ts';
import { enter } from './login.ts';
import { Bad, Bye, ConnectionEnded } from './refusal.ts';
import { Reply, type Ending } from './respond.ts';
import type { ImapListenerOptions, ImapServices } from './services.ts';
import { deselect } from './select-mailbox.ts';
import { Session, type ImapEvent, type MoreInput } from './session.ts';
import { SessionRegistry } from './session-registry.ts';
import { SharingRegistry } from './sharing/sharing-registry.ts';
import { hasToTell, tellChanges } from './tell.ts';
import { Unanswered } from './unanswered.ts';

/** Silence until the first command, until login, and after it (RFC 9051 section 5.4: at least 30 minutes). */
const firstCommandMs = 30_000;
const loginMs = 180_000;
const autologoutMs = 30 * 60_000;

/** Octets of a refused command that are read and thrown away rather than closing the connection. */
const skipBytesBeforeLogin = 64 * 1024;
const skipBytesAfterLogin = 64 * 1024 * 1024;

/**
 * The IMAP server for the connections of one listener. RFC 9051, RFC 3501.
 * Keeps one watch on the directory, so that sessions of accounts that were removed or disabled end.
 */
export function createImapConversation(services: ImapServices, options: ImapListenerOptions): Converse<ImapEvent> {
  const registry = new SessionRegistry(services.directory);
  const sharing = new SharingRegistry(services.store, services.log);
  return (peer, sink) => new ImapConversation(services, options, peer, sink, registry, sharing);
}

/**
 * One connection: turns inputs into commands, one at a time. A command that needs more from the client waits at the
 * gate, and `accept` ends meanwhile; the next input opens the gate.
 */
class ImapConversation implements Conversation<ImapEvent>, MoreInput {
  private readonly session: Session;
  private readonly registry: SessionRegistry;
  private readonly assembler = new CommandAssembler();
  private readonly gate = new InputGate();
  private readonly errors = new ErrorCount();
  /** Since when a login is waited for. */
  private loginSinceMs: number;
  private readonly unanswered: Unanswered;
  /** The literal that ended the running command's line and was not asked for yet. */
  private unread: LiteralMark | undefined = undefined;
  /** After a literal was taken by a command, the rest of its line is still to come. */
  private restOfLine = false;
  /** The rest of a refused command is thrown away; octets left until that is too much. */
  private skipping: number | undefined = undefined;
  private lineBytes = 0;

  constructor(
    services: ImapServices,
    options: ImapListenerOptions,
    peer: Peer,
    sink: Sink<ImapEvent>,
    registry: SessionRegistry,
    sharing: SharingRegistry,
  ) {
    this.session = new Session(services, options, peer, sink, this, printCapabilities, sharing);
    this.unanswered = new Unanswered(this.session, (ending) => {
      if (ending.kind === 'done') this.errors.succeeded();
      this.lookAgain();
    });
    this.registry = registry;
    this.loginSinceMs = services.clock.now();
  }

  greet(): void {
    const { session } = this;
    if (session.services.failures.blocked(session.peer.remoteAddress)) {
      this.bye('too many failed logins, try again later', 'UNAVAILABLE');
      return;
    }
    const verdict = judgeCertificate(session, true);
    if (verdict.kind === 'refused') {
      this.bye(verdict.text, verdict.code);
      return;
    }
    if (verdict.kind === 'preauth') enter(session, 'certificate', verdict.outcome);
    this.registry.add(session);
    session.sink.idleLimit(firstCommandMs);
    this.allowLine();
    const greeting = verdict.kind === 'preauth' ? 'PREAUTH' : 'OK';
    session.sink.write(`* ${greeting} [CAPABILITY ${printCapabilities(session)}] ready\r\n`);
  }

  accept(input: Input<ImapEvent>): void | Promise<void> {
    if (this.session.ending) return undefined;
    switch (input.kind) {
      case 'line':
      case 'line-too-long':
        return this.gate.waiting ? this.gate.open(input) : this.acceptLine(input);
      case 'octets':
        return this.gate.waiting ? this.gate.open(input) : this.acceptOctets(input.octets, input.last);
      case 'event':
        return this.acceptEvent(input.event);
      case 'tls':
        return this.tlsBegan(input.tls);
      case 'timeout':
        return this.stop(input.why === 'idle' ? 'inactive for too long' : 'too slow', undefined);
      case 'shutdown':
        return this.stop('server is stopping', 'UNAVAILABLE');
      case 'framed':
        return undefined;
      default:
        return input satisfies never;
    }
  }

  end(): void {
    this.session.ending = true;
    this.unanswered.forget();
    void this.gate.fail(new ConnectionEnded('connection ended'));
    this.registry.remove(this.session);
    this.session.unwatch?.();
    this.session.replaceNotify(undefined);
    deselect(this.session);
  }

  // ── commands out of lines ──

  private get limits(): AssemblyLimits {
    return this.session.account === undefined ? limitsBeforeLogin : limitsAfterLogin;
  }

  private acceptLine(input: Input<ImapEvent> & { kind: 'line' | 'line-too-long' }): void | Promise<void> {
    if (this.session.account === undefined && this.tooLateForLogin()) {
      return this.stop('no login in time', undefined);
    }
    if (this.skipping !== undefined) return this.skipLine(input);
    if (input.kind === 'line-too-long') {
      const text = this.assembler.take();
      return this.inOrder(() => this.answerBad(tagOf(text), 'command is too long', 'TOOBIG'));
    }
    const line = Buffer.from(input.line.buffer, input.line.byteOffset, input.line.length).toString('latin1');
    return this.takeStep(this.assembler.addLine(line, this.limits));
  }

  private takeStep(step: Step): void | Promise<void> {
    switch (step.kind) {
      case 'complete':
        return this.inOrder(() => this.execute(readCommand(step.text, this.session), undefined));
      case 'too-big':
        return this.takeOver(step.mark) ?? this.inOrder(() => this.refuseTooBig(step.mark));
      case 'literal':
        return this.takeOver(step.mark) ?? this.expectLiteral(step.mark);
      default:
        return step satisfies never;
    }
  }

  /** Runs a command that takes over the literal just announced, a message of any size. Undefined: it is no such command. */
  private takeOver(mark: LiteralMark | undefined): Promise<void> | undefined {
    const text = mark && this.assembler.beforeMessage(takesMessage);
    if (text === undefined) return undefined;
    const reading = readCommand(text, this.session);
    if (reading.kind !== 'command') return undefined;
    this.assembler.take();
    if (reading.entry.overlaps === true) return this.execute(reading, mark) ?? Promise.resolve();
    return this.inOrder(() => this.execute(reading, mark)) ?? Promise.resolve();
  }

  /** Once everything that came before is answered. RFC 9051 sections 5.5 and 6.4.4.2. */
  private inOrder(next: () => void | Promise<void>): void | Promise<void> {
    return this.unanswered.size === 0 ? next() : this.afterAnswers(next);
  }

  private async afterAnswers(next: () => void | Promise<void>): Promise<void> {
    await this.unanswered.answerAll();
    if (!this.session.ending) await next();
  }

  private expectLiteral(mark: LiteralMark): void {
    const { sink } = this.session;
    if (mark.sync) sink.write('+ go ahead\r\n');
    this.assembler.beginLiteral();
    if (mark.sizeBytes > 0) sink.expectOctets(mark.sizeBytes);
  }

  private acceptOctets(octets: Uint8Array, last: boolean): void | Promise<void> {
    if (this.skipping === undefined) {
      this.assembler.addOctets(octets);
      return undefined;
    }
    this.skipping -= octets.length;
    return this.skipping < 0 && !last ? this.stop('too much data', 'TOOBIG') : undefined;
  }

  // ── running ──

  private execute(reading: Reading, mark: LiteralMark | undefined): void | Promise<void> {
    if (reading.kind === 'command' || reading.recognised) this.errors.recognised();
    if (reading.kind === 'bad') return this.answerBad(reading.tag, reading.text, undefined);
    this.unread = mark;
    const reply = new Reply(this.session.sink);
    const turn = this.gate.newTurn();
    void runCommand(this.session, reply, reading.tag, reading.entry, reading.run, this.unanswered)
      .then((ending) => this.afterCommand(ending))
      .then(
        () => this.gate.endTurn(),
        (error: unknown) => this.gate.endTurn(error),
      );
    return turn;
  }

  private afterCommand(ending: Ending): void | Promise<void> {
    const { session } = this;
    session.idling = false;
    if (session.ending || ending.kind === 'ended') return undefined;
    if (ending.kind === 'done') {
      ending.after?.();
      this.errors.succeeded();
    }
    this.allowLine();
    this.skipRest();
    this.lookAgain();
    return ending.kind === 'bad' ? this.countError() : undefined;
  }

  /** What the client has sent of a command that ended before reading it. */
  private skipRest(): void {
    const { unread } = this;
    this.unread = undefined;
    if (unread !== undefined && !unread.sync) this.skipLiteral(unread);
    if (this.restOfLine) this.skipping = this.skipAllowance();
    this.restOfLine = false;
  }

  private answerBad(tag: string, text: string, code: string | undefined): void | Promise<void> {
    this.session.sink.write(`${tag} BAD ${code === undefined ? '' : `[${code}] `}${text}\r\n`);
    return this.countError();
  }

  private countError(): void | Promise<void> {
    const verdict = this.errors.count(this.session.account !== undefined);
    if (verdict === 'end') return this.stop('too many errors', undefined);
    return verdict > 0 ? this.session.sink.delay(verdict) : undefined;
  }

  // ── throwing away ──

  private refuseTooBig(mark: LiteralMark | undefined): void | Promise<void> {
    const tag = tagOf(this.assembler.take());
    this.errors.recognised();
    if (mark !== undefined && !mark.sync) this.skipLiteral(mark);
    return this.session.ending ? undefined : this.answerBad(tag, 'command is too big', 'TOOBIG');
  }

  private skipAllowance(): number {
    return this.session.account === undefined ? skipBytesBeforeLogin : skipBytesAfterLogin;
  }

  private skipLiteral(mark: LiteralMark): void {
    this.skipping ??= this.skipAllowance();
    if (mark.sizeBytes > this.skipping) {
      this.bye('literal is too big', 'TOOBIG');
    } else if (mark.sizeBytes > 0) {
      this.session.sink.expectOctets(mark.sizeBytes);
    }
  }

  private skipLine(input: Input<ImapEvent> & { kind: 'line' | 'line-too-long' }): void {
    if (input.kind === 'line') {
      const line = Buffer.from(input.line.buffer, input.line.byteOffset, input.line.length).toString('latin1');
      const mark = findLiteralMark(line);
      if (mark !== undefined && !mark.sync) {
        this.skipLiteral(mark);
        return;
      }
    }
    this.skipping = undefined;
  }

  // ── what commands ask for (MoreInput) ──

  async line(maxBytes?: number): Promise<string> {
    const { sink } = this.session;
    this.restOfLine = false;
    if (maxBytes !== undefined) sink.expectLines(maxBytes);
    const input = await this.gate.next();
    if (maxBytes !== undefined) sink.expectLines(this.lineBytes);
    if (input.kind === 'line-too-long') throw new Bad('line is too long', 'TOOBIG');
    if (input.kind !== 'line') throw new ConnectionEnded('unexpected input');
    return Buffer.from(input.line.buffer, input.line.byteOffset, input.line.length).toString('latin1');
  }

  async literal(literal: MessageLiteral, take: (octets: Uint8Array) => void | Promise<unknown>): Promise<void> {
    const { sink } = this.session;
    this.unread = undefined;
    if (literal.sync) sink.write('+ go ahead\r\n');
    let failed: { readonly error: unknown } | undefined;
    if (literal.sizeBytes > 0) {
      sink.expectOctets(literal.sizeBytes, true);
      for (let last = false; !last;) {
        const input = await this.gate.next();
        if (input.kind !== 'octets') throw new ConnectionEnded('unexpected input');
        last = input.last;
        if (failed !== undefined) continue;
        try {
          await take(input.octets);
        } catch (error) {
          failed = { error };
        }
      }
    }
    this.restOfLine = true;
    if (failed !== undefined) throw failed.error;
  }

  // ── the rest ──

  private acceptEvent(event: ImapEvent): void | Promise<void> {
    const { session } = this;
    switch (event) {
      case 'mailbox-changed':
        session.changePosted = false;
        return this.mayTell() ? this.tellNow() : undefined;
      case 'answer-due':
        return this.answerNow();
      case 'account-removed':
        return this.stop('account was removed', 'UNAVAILABLE');
      case 'directory-changed':
        return this.registry.mayStay(session) ? undefined : this.stop('this login is no longer good', 'UNAVAILABLE');
      default:
        return event satisfies never;
    }
  }

  /** In IDLE; after NOTIFY also between commands. A command that is under way looks again when it ends. */
  private mayTell(): boolean {
    const { session } = this;
    if (session.idling) return true;
    return session.notify !== undefined && !this.gate.waiting && this.unanswered.size === 0;
  }

  /** After NOTIFY a client is also told what came up while its command ran and its answer could not tell. RFC 5465 section 3.1. */
  private lookAgain(): void {
    const { session } = this;
    if (session.changePosted || session.ending || !hasToTell(session)) return;
    session.changePosted = true;
    session.sink.post('mailbox-changed');
  }

  private async tellNow(): Promise<void> {
    const { session } = this;
    const mayExpunge = session.idling || session.notify?.rules.selected.delayed !== true;
    try {
      await tellChanges(session, new Reply(session.sink), mayExpunge);
    } catch (error) {
      if (!(error instanceof Bye)) throw error;
      this.bye(error.message, error.code);
      await this.gate.fail(new ConnectionEnded('mailbox is gone'));
    }
  }

  private async answerNow(): Promise<void> {
    await this.unanswered.answerSettled();
    if (this.session.ending) await this.gate.fail(new ConnectionEnded('mailbox is gone'));
  }

  /** Sets limits for the next line; they change with login. */
  private allowLine(): void {
    const { session } = this;
    const { lineBytes } = this.limits;
    if (lineBytes === this.lineBytes) {
      if (session.account === undefined) session.sink.idleLimit(loginMs);
      return;
    }
    this.lineBytes = lineBytes;
    // At the start, and again after UNAUTHENTICATE.
    if (session.account === undefined) this.loginSinceMs = session.services.clock.now();
    session.sink.expectLines(lineBytes);
    if (session.account !== undefined) session.sink.idleLimit(autologoutMs);
  }

  private tlsBegan(tls: TlsFacts): void {
    this.session.tls = tls;
    const verdict = judgeCertificate(this.session, false);
    if (verdict.kind === 'refused') this.bye(verdict.text, verdict.code);
  }

  private tooLateForLogin(): boolean {
    return this.session.services.clock.now() - this.loginSinceMs > loginMs;
  }

  private bye(text: string, code: string | undefined): void {
    const { session } = this;
    session.ending = true;
    session.sink.write(`* BYE ${code === undefined ? '' : `[${code}] `}${text}\r\n`);
    session.sink.close();
  }

  private async stop(text: string, code: string | undefined): Promise<void> {
    if (this.unanswered.size > 0) await this.unanswered.answerAll();
    if (!this.session.ending) this.bye(text, code);
    await this.gate.fail(new ConnectionEnded(text, { byServer: code === 'UNAVAILABLE' }));
  }
}

function tagOf(text: string): string {
  return /^[^\x00-\x20(){%*"\\+\x7f-\xff]+/.exec(text.slice(0, 256))?.[0] ?? '*';
}
