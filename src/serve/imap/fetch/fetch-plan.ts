import { printImapDate } from '../../../mime/print-imap-date.ts';
import type { EmailColumns } from '../../../store/email-row.ts';
import type { FetchItem } from '../../../wire/imap/fetch-item.ts';
import { printObjectId } from '../../../wire/imap/object-id.ts';
import { printString } from '../../../wire/imap/print-string.ts';
import { encodeUtf8 } from '../../../wire/imap/utf8-octets.ts';
import { printFlags } from '../flag-text.ts';
import type { MessageCursor } from './message-cursor.ts';
import { printItemName } from './item-name.ts';
import { printPlainBody } from './plain-body.ts';
import { usualHeaders, type UsualHeader } from './usual-header.ts';

/** An item whose value is made of octets of the message. */
export type OctetItem = Extract<FetchItem, { kind: 'section' | 'binary' | 'binary.size' }> & {
  /** What stands before the value in the answer: `BODY[1]<0>`. */
  readonly name: string;
};

/** How to answer a FETCH, decided once for all messages. */
export interface FetchPlan {
  /** `NAME value` of one message each; '' leaves the item out. */
  readonly texts: readonly ((message: MessageCursor) => string)[];
  readonly octets: readonly OctetItem[];
  /** The same as `octets`, of messages whose usual header fields are kept; undefined when that is not enough. */
  readonly headers: readonly UsualHeader[] | undefined;
  /** Facts to read from the store; undefined: the index has everything. */
  readonly columns: EmailColumns | undefined;
  /** Reading sets \Seen. */
  readonly setsSeen: boolean;
}

/** What is answered beside the items that the client named. */
export interface ImpliedItems {
  readonly uid: boolean;
  readonly modseq: boolean;
}

/** RFC 9051 section 6.4.5. Items named twice are answered once. */
export function planFetch(items: readonly FetchItem[], implied: ImpliedItems): FetchPlan {
  const texts = new Map<string, (message: MessageCursor) => string>();
  const octets = new Map<string, OctetItem>();
  const columns: { -readonly [column in keyof EmailColumns]: EmailColumns[column] } = {};
  let needsRow = false;
  let setsSeen = false;
  if (implied.uid) texts.set('uid', printUid);
  for (const item of items) {
    if (isStored(item.kind)) needsRow = true;
    if (item.kind === 'envelope') columns.envelope = true;
    if (item.kind === 'threadid') columns.threadAndDate = true;
    if (item.kind === 'preview') columns.preview = true;
    if (item.kind === 'body' || item.kind === 'bodystructure') columns.bodyStructure = true;
    const text = printerOf(item);
    if (text !== undefined) {
      texts.set(item.kind, text);
      continue;
    }
    const octetItem = toOctetItem(item);
    if (octetItem === undefined) continue;
    needsRow = true;
    setsSeen ||= octetItem.kind !== 'binary.size' && !octetItem.peek;
    octets.set(octetKey(octetItem), octetItem);
  }
  if (implied.modseq) texts.set('modseq', printModseq);
  // Setting \Seen goes with opening the message.
  const headers = setsSeen ? undefined : usualHeaders([...octets.values()]);
  if (headers !== undefined) columns.usualFields = true;
  return {
    texts: [...texts.values()],
    octets: [...octets.values()],
    headers,
    columns: needsRow ? columns : undefined,
    setsSeen,
  };
}

/** Two ranges that start at the same octet have one name but are two items. */
function octetKey(item: OctetItem): string {
  return item.kind === 'binary.size' ? item.name : `${item.name}${item.partial?.count ?? ''}`;
}

function isStored(kind: FetchItem['kind']): boolean {
  return (
    kind === 'envelope' ||
    kind === 'savedate' ||
    kind === 'preview' ||
    kind === 'threadid' ||
    kind === 'body' ||
    kind === 'bodystructure' ||
    kind === 'internaldate' ||
    kind === 'rfc822.size'
  );
}

const printUid = (message: MessageCursor): string => `UID ${message.uid}`;
/** Flags and modseq of expunged messages are gone. */
const printModseq = (message: MessageCursor): string =>
  message.at < 0 ? '' : `MODSEQ (${message.index.modseqs[message.at] ?? 0})`;

function printerOf(item: FetchItem): ((message: MessageCursor) => string) | undefined {
  switch (item.kind) {
    case 'uid':
      return printUid;
    case 'flags':
      return (message) => (message.at < 0 ? '' : `FLAGS ${printFlags(message.index, message.at)}`);
    case 'modseq':
      return printModseq;
    case 'internaldate':
      return (message) => `INTERNALDATE "${printImapDate(message.row.receivedAtMs)}"`;
    // RFC 8514 section 4.2.
    case 'savedate':
      return (message) => `SAVEDATE "${printImapDate(message.row.savedAtMs)}"`;
    // RFC 8970 section 3.1: UTF-8; a literal where it is not ASCII.
    case 'preview':
      return (message) => `PREVIEW ${printString(encodeUtf8(message.row.preview))}`;
    // RFC 8474 section 5. The index knows the message, and the row of one that is expunged.
    case 'emailid':
      return ({ at, index, row }) =>
        `EMAILID (${printObjectId('email', at < 0 ? row.emailId : (index.emailIds[at] ?? 0))})`;
    case 'threadid':
      return (message) => `THREADID (${printObjectId('thread', message.row.threadId)})`;
    case 'rfc822.size':
      return (message) => `RFC822.SIZE ${message.row.sizeBytes}`;
    case 'envelope':
      return (message) => `ENVELOPE ${message.row.envelope}`;
    case 'body':
      return (message) => `BODY ${printPlainBody(message.row.bodyStructure)}`;
    case 'bodystructure':
      return (message) => `BODYSTRUCTURE ${message.row.bodyStructure}`;
    default:
      return undefined;
  }
}

/** The three RFC822 items of RFC 3501 are sections under another name; RFC822.HEADER does not set \Seen. */
function toOctetItem(item: FetchItem): OctetItem | undefined {
  const old = { kind: 'section', partial: undefined } as const;
  switch (item.kind) {
    case 'section':
    case 'binary':
    case 'binary.size':
      return { ...item, name: printItemName(item) };
    case 'rfc822':
      return { ...old, section: { path: [] }, peek: false, name: 'RFC822' };
    case 'rfc822.header':
      return { ...old, section: { path: [], text: 'header' }, peek: true, name: 'RFC822.HEADER' };
    case 'rfc822.text':
      return { ...old, section: { path: [], text: 'text' }, peek: false, name: 'RFC822.TEXT' };
    default:
      return undefined;
  }
}
