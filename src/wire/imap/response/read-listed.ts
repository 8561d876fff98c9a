import { parseUtf7 } from '../mailbox-utf7.ts';
import { listOf, modseqOf, numberOf, octetsOf, textOf, wordsOf, type ImapValue } from './value.ts';

/** One mailbox of LIST or LSUB. RFC 9051 section 7.3.1. */
export interface ListedMailbox {
  readonly name: string;
  /** Undefined: the names have no levels. */
  readonly delimiter: string | undefined;
  /** `\HasChildren`, `\Sent`, `\NonExistent`, …, as written. */
  readonly attributes: readonly string[];
  /** With LIST-STATUS (RFC 5819). */
  readonly status: MailboxStatus | undefined;
}

/** RFC 9051 section 7.3.2; only what was asked for. */
export interface MailboxStatus {
  readonly messages: number | undefined;
  readonly unseen: number | undefined;
  readonly deleted: number | undefined;
  readonly uidNext: number | undefined;
  readonly uidValidity: number | undefined;
  readonly sizeBytes: number | undefined;
  readonly highestModseq: bigint | undefined;
  readonly mailboxId: string | undefined;
  readonly appendLimit: number | undefined;
}

/** A mailbox name for people: UTF-8 once that was enabled, else modified UTF-7; names that are neither stay as they are. */
export function readMailboxName(value: ImapValue | undefined, utf8: boolean): string | undefined {
  const octets = octetsOf(value);
  if (octets === undefined) return undefined;
  if (octets.toUpperCase() === 'INBOX') return 'INBOX';
  return (utf8 ? undefined : parseUtf7(octets)) ?? textOf(value);
}

/** The values of `* LIST (…) "/" name`. */
export function readListed(values: readonly ImapValue[], utf8: boolean): ListedMailbox | undefined {
  const name = readMailboxName(values[2], utf8);
  if (name === undefined) return undefined;
  return { name, delimiter: octetsOf(values[1]), attributes: wordsOf(values[0]), status: undefined };
}

/** The values of `* STATUS name (…)`, with the name. */
export function readStatus(
  values: readonly ImapValue[],
  utf8: boolean,
): { readonly name: string; readonly status: MailboxStatus } | undefined {
  const name = readMailboxName(values[0], utf8);
  const items = listOf(values[1]);
  if (name === undefined || items === undefined) return undefined;
  const found = new Map<string, ImapValue | undefined>();
  for (let at = 0; at < items.length; at += 2) found.set((octetsOf(items[at]) ?? '').toUpperCase(), items[at + 1]);
  const status = {
    messages: numberOf(found.get('MESSAGES')),
    unseen: numberOf(found.get('UNSEEN')),
    deleted: numberOf(found.get('DELETED')),
    uidNext: numberOf(found.get('UIDNEXT')),
    uidValidity: numberOf(found.get('UIDVALIDITY')),
    sizeBytes: numberOf(found.get('SIZE')),
    highestModseq: modseqOf(found.get('HIGHESTMODSEQ')),
    mailboxId: octetsOf(listOf(found.get('MAILBOXID'))?.[0]),
    appendLimit: numberOf(found.get('APPENDLIMIT')),
  };
  return { name, status };
}
