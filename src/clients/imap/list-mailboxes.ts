import {
  readListed,
  readMailboxName,
  readStatus,
  type ListedMailbox,
  type MailboxStatus,
} from '../../wire/imap/response/read-listed.ts';
import { listOf, textOf } from '../../wire/imap/response/value.ts';
import { atomPart, mailboxPart, stringPart } from './command.ts';
import type { ConnectionState } from './connection-state.ts';

/** Most mailboxes that are kept of one answer. */
const maxMailboxes = 200_000;

export interface ListOptions {
  /** `*` all levels, `%` one; default `*`. */
  readonly pattern?: string;
  /** Only those that are subscribed (RFC 5258). */
  readonly subscribed?: boolean;
  /** `MESSAGES`, `UNSEEN`, …: told with each mailbox, in one answer where the server has LIST-STATUS (RFC 5819). */
  readonly status?: readonly string[];
}

/** RFC 9051 section 6.3.9. @throws ImapError */
export async function listMailboxes(state: ConnectionState, options: ListOptions): Promise<readonly ListedMailbox[]> {
  const { pattern = '*', subscribed = false, status = [] } = options;
  const hasExtended = state.capabilities.has('LIST-EXTENDED') || state.capabilities.has('IMAP4REV2');
  const hasStatus = status.length > 0 && (state.capabilities.has('LIST-STATUS') || state.capabilities.has('IMAP4REV2'));
  const isOld = subscribed && !hasExtended;
  const returned = ['CHILDREN', ...(state.capabilities.has('SPECIAL-USE') ? ['SPECIAL-USE'] : [])];
  if (hasStatus) returned.push(`STATUS (${itemList(status)})`);
  const found: ListedMailbox[] = [];
  const statuses = new Map<string, MailboxStatus>();
  const word = isOld ? 'LSUB' : 'LIST';
  const selection = subscribed && !isOld ? ' (SUBSCRIBED)' : '';
  const tail = hasExtended && !isOld ? ` RETURN (${returned.join(' ')})` : '';
  await state.run([`${word}${selection} "" `, mailboxPart(pattern, state.utf8), tail], (name, values) => {
    if (name === 'STATUS') {
      const read = readStatus(values, state.utf8);
      if (read && statuses.size < maxMailboxes) statuses.set(read.name, read.status);
      return true;
    }
    if (name !== 'LIST' && name !== 'LSUB') return false;
    const listed = readListed(values, state.utf8);
    if (listed && found.length < maxMailboxes) found.push(listed);
    return true;
  });
  const result: ListedMailbox[] = [];
  for (const listed of found)
    result.push({ ...listed, status: await statusOf(state, listed, { status, statuses, hasStatus }) });
  return result;
}

async function statusOf(
  state: ConnectionState,
  { name, attributes }: ListedMailbox,
  known: {
    readonly status: readonly string[];
    readonly statuses: ReadonlyMap<string, MailboxStatus>;
    readonly hasStatus: boolean;
  },
): Promise<MailboxStatus | undefined> {
  if (known.status.length === 0 || known.hasStatus) return known.statuses.get(name);
  const cannot = attributes.some((attribute) => /^\\(?:noselect|nonexistent)$/i.test(attribute));
  return cannot ? undefined : askStatus(state, name, known.status);
}

/** RFC 9051 section 6.3.11. @throws ImapError */
export async function askStatus(
  state: ConnectionState,
  name: string,
  items: readonly string[],
): Promise<MailboxStatus | undefined> {
  let found: MailboxStatus | undefined;
  await state.run(['STATUS ', mailboxPart(name, state.utf8), ` (${itemList(items)})`], (response, values) => {
    if (response !== 'STATUS' || readMailboxName(values[0], state.utf8) !== name) return false;
    found = readStatus(values, state.utf8)?.status;
    return true;
  });
  return found;
}

/** `CREATE`, with a special use where one is wanted (RFC 6154 section 3). @throws ImapError */
export async function createMailbox(
  state: ConnectionState,
  name: string,
  specialUse: string | undefined,
): Promise<void> {
  if (specialUse !== undefined) state.insistCapability('CREATE', 'CREATE-SPECIAL-USE');
  const tail = specialUse === undefined ? '' : ` (USE (${atomPart(specialUse, 'a special use')}))`;
  await state.run(['CREATE ', mailboxPart(name, state.utf8), tail]);
}

/** What the server and we are called (RFC 2971); values of fields that the server hides are null. @throws ImapError */
export async function exchangeId(
  state: ConnectionState,
  ours: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string | undefined>> {
  state.insistCapability('ID', 'ID');
  const theirs = new Map<string, string | undefined>();
  const fields = Object.entries(ours).flatMap(([name, value]) => [' ', stringPart(name), ' ', stringPart(value)]);
  const list = fields.length === 0 ? ['NIL'] : ['(', ...fields.slice(1), ')'];
  await state.run(['ID ', ...list], (response, values) => {
    if (response !== 'ID') return false;
    const items = listOf(values[0]) ?? [];
    for (let at = 0; at + 1 < items.length && at < 60; at += 2) {
      theirs.set(String(textOf(items[at])).toLowerCase(), textOf(items[at + 1]));
    }
    return true;
  });
  return theirs;
}

function itemList(items: readonly string[]): string {
  return items.map((item) => atomPart(item.toUpperCase(), 'a status item')).join(' ');
}
