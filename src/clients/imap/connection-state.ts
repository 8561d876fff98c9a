import type { ImapValue } from '../../wire/imap/response/value.ts';
import type { CommandPart } from './command.ts';
import type { Dialogue } from './dialogue.ts';
import { type LiteralPiece, type Tagged, type Untagged } from './dialogue.ts';
import { ImapError } from './imap-error.ts';
import { codeCapabilities, type CapabilitySet } from './open-session.ts';
import type { ImapTimeouts } from './options.ts';
import { applyCode, applyResponse, type MailboxChange, type newlySelected } from './selected-mailbox.ts';

/** What commands share: the dialogue, and what the server told so far. Commands are functions over this. */
export class ConnectionState {
  readonly dialogue: Dialogue;
  readonly timeouts: ImapTimeouts;
  capabilities: CapabilitySet;
  /** What the server confirmed to ENABLE, upper case. */
  readonly enabled = new Set<string>();
  selected: ReturnType<typeof newlySelected> | undefined;
  onChange: ((change: MailboxChange) => void) | undefined;

  constructor(dialogue: Dialogue, capabilities: CapabilitySet, timeouts: ImapTimeouts) {
    this.dialogue = dialogue;
    this.timeouts = timeouts;
    this.capabilities = capabilities;
    this.learn(capabilities);
  }

  /** Mailbox names go as UTF-8. RFC 9051 section 6.3.1, RFC 6855. */
  get utf8(): boolean {
    return this.enabled.has('IMAP4REV2') || this.enabled.has('UTF8=ACCEPT');
  }

  learn(capabilities: CapabilitySet): void {
    this.capabilities = capabilities;
    const minus = capabilities.has('LITERAL-') || capabilities.has('IMAP4REV2');
    this.dialogue.literals = capabilities.has('LITERAL+') ? 'plus' : minus ? 'minus' : 'sync';
  }

  /** Takes in what the server says beside the answer. */
  readonly take = (response: Untagged): void => {
    const capabilities =
      response.kind === 'status'
        ? codeCapabilities(response.code)
        : response.kind === 'data' && response.name === 'CAPABILITY'
          ? codeCapabilities({ name: 'CAPABILITY', values: response.values })
          : undefined;
    if (capabilities) this.learn(capabilities);
    const change = this.selected && applyResponse(this.selected, response);
    if (change) this.onChange?.(change);
  };

  /** A whole command; `onData` sees the data responses first and says whether they were its. @throws ImapError */
  async run(
    parts: readonly CommandPart[],
    onData: (name: string, values: readonly ImapValue[], number: number | undefined) => boolean = () => false,
  ): Promise<Tagged> {
    const onUntagged = (response: Untagged): void => {
      if (response.kind === 'data' && onData(response.name, response.values, response.number)) return;
      this.take(response);
    };
    const { command } = this.timeouts;
    const tag = await this.dialogue.send(parts, command, onUntagged);
    const answer = await this.dialogue.finish(tag, command, onUntagged);
    const capabilities = codeCapabilities(answer.code);
    if (capabilities) this.learn(capabilities);
    if (this.selected) applyCode(this.selected, answer.code?.name === 'HIGHESTMODSEQ' ? answer.code : undefined);
    return answer;
  }

  /**
   * A command whose answers are handed on one by one; waiting for the next is the backpressure. Left early, the rest is
   * read and dropped, within the time of one command. @throws ImapError
   */
  async *stream(parts: readonly CommandPart[], streamFrom?: number): AsyncGenerator<Untagged | LiteralPiece, Tagged> {
    const { command } = this.timeouts;
    const tag = await this.dialogue.send(parts, command, this.take);
    let answer: Tagged | undefined;
    let failed = false;
    try {
      for (;;) {
        const response = await this.dialogue.next(command, streamFrom);
        if (response.kind === 'tagged') {
          failed = true;
          answer = this.dialogue.ended(tag, response);
          return answer;
        }
        yield response;
      }
    } catch (error) {
      failed = true;
      throw error;
    } finally {
      if (!failed) await this.#drain(tag, streamFrom);
    }
  }

  async #drain(tag: string, streamFrom: number | undefined): Promise<void> {
    const deadline = performance.now() + this.timeouts.command;
    for (;;) {
      const response = await this.dialogue.nextBefore(deadline, streamFrom);
      if (response.kind === 'tagged') {
        this.dialogue.ended(tag, response);
        return;
      }
      if (response.kind !== 'piece') this.take(response);
    }
  }

  /** @throws ImapError when no mailbox is selected */
  insistSelected(command: string): void {
    if (!this.selected) throw new ImapError(command, 'state', 'no mailbox is selected');
  }

  /** @throws ImapError when the server does not offer it */
  insistCapability(command: string, ...names: readonly string[]): void {
    if (names.some((name) => this.capabilities.has(name))) return;
    throw new ImapError(command, 'unsupported', `the server does not offer ${names[0]}`);
  }
}
