import type { FetchedMessage } from '../../wire/imap/response/read-fetched.ts';
import type { NumberRanges } from '../../wire/imap/response/uid-set.ts';
import { mailboxPart, setPart } from './command.ts';
import type { ConnectionState } from './connection-state.ts';
import { applyCode, newlySelected, type MailboxChange, type SelectedMailbox } from './selected-mailbox.ts';

export interface SelectOptions {
  /** EXAMINE: nothing can be changed. */
  readonly readOnly?: boolean;
  /**
   * What this client knows of the mailbox: the server then tells what changed since (RFC 7162 section 3.2.5). Needs QRESYNC,
   * which is enabled by itself.
   */
  readonly resync?: {
    readonly uidValidity: number;
    readonly modseq: bigint;
    /** Uids that the client has; undefined: all. */
    readonly knownUids?: string | readonly number[];
  };
}

/** A mailbox as it is when it is selected; with `resync` also what changed since. */
export interface Selected {
  readonly mailbox: SelectedMailbox;
  readonly vanished: NumberRanges;
  readonly changed: readonly FetchedMessage[];
}

/** RFC 9051 sections 6.3.2 and 6.3.3. @throws ImapError */
export async function selectMailbox(state: ConnectionState, name: string, options: SelectOptions): Promise<Selected> {
  const { resync } = options;
  if (resync && !state.enabled.has('QRESYNC')) {
    state.insistCapability('SELECT', 'QRESYNC');
    await enable(state, ['QRESYNC']);
  }
  const params = resync
    ? [
        ` (QRESYNC (${resync.uidValidity} ${resync.modseq}${resync.knownUids === undefined ? '' : ` ${setPart(resync.knownUids)}`}))`,
      ]
    : state.capabilities.has('CONDSTORE') && !state.enabled.has('QRESYNC')
      ? [' (CONDSTORE)']
      : [];
  const mailbox = newlySelected(name);
  const changed: FetchedMessage[] = [];
  const vanished: (readonly [number, number])[] = [];
  const collect = (change: MailboxChange): void => {
    if (change.kind === 'fetch') changed.push(change.message);
    else if (change.kind === 'vanished') vanished.push(...change.uids);
  };
  const listener = state.onChange;
  state.selected = mailbox;
  state.onChange = collect;
  try {
    const word = options.readOnly ? 'EXAMINE ' : 'SELECT ';
    const answer = await state.run([word, mailboxPart(name, state.utf8), ...params]);
    applyCode(mailbox, answer.code);
  } catch (error) {
    // A failed SELECT leaves nothing selected. RFC 9051 section 6.3.2.
    state.selected = undefined;
    throw error;
  } finally {
    state.onChange = listener;
  }
  return { mailbox, vanished, changed };
}

/** RFC 9051 section 6.3.1. Returns what the server confirmed. @throws ImapError */
export async function enable(state: ConnectionState, names: readonly string[]): Promise<readonly string[]> {
  const confirmed: string[] = [];
  const words = names.map((name) => name.toUpperCase());
  await state.run(['ENABLE ', words.join(' ')], (name, values) => {
    if (name !== 'ENABLED') return false;
    for (const value of values) if (typeof value === 'string') confirmed.push(value.toUpperCase());
    return true;
  });
  for (const name of confirmed) state.enabled.add(name);
  return confirmed;
}
