import { parsePartMap } from '../../mime/part-map.ts';
import type { AccountId, EmailId } from '../../store/ids.ts';
import type { Mailbox } from '../../store/mailbox.ts';
import type { MessageReader } from '../../store/message-reader.ts';
import type { Store } from '../../store/store.ts';
import type { ImapUrl } from '../../wire/imap/imap-url.ts';
import { clipSpan, locateSection, readSpan, spanBytes, type OctetSpan } from './fetch/octet-span.ts';

/** What a URL stands for, ready to be read; `close` gives back what it holds. */
export interface UrlOctets {
  readonly bytes: number;
  pieces(): AsyncIterable<Uint8Array>;
  close(): void;
}

/** The octets of a message or a part, as FETCH BODY[…]<…> would give them. Undefined: there are none. RFC 4469 section 3. */
export async function openUrl(
  store: Store,
  accountId: AccountId,
  mailbox: Mailbox,
  url: ImapUrl,
): Promise<UrlOctets | undefined> {
  if (url.uidValidity !== undefined && url.uidValidity !== mailbox.uidValidity) return undefined;
  const emailId = await findEmail(store, accountId, mailbox, url.uid);
  const reader = emailId && (await store.openMessage(accountId, emailId));
  if (reader === undefined) return undefined;
  try {
    const span = await locate(reader, url);
    if (span === undefined) reader.close();
    return span && { bytes: spanBytes(span), pieces: () => readSpan(reader, span), close: () => reader.close() };
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function findEmail(
  store: Store,
  accountId: AccountId,
  mailbox: Mailbox,
  uid: number,
): Promise<EmailId | undefined> {
  const selection = { accountId, mailboxId: mailbox.id, uids: [[uid, uid]] as const, withExpunged: false };
  for await (const [row] of store.readEmails(selection, {})) return row?.emailId;
  return undefined;
}

async function locate(reader: MessageReader, url: ImapUrl): Promise<OctetSpan | undefined> {
  const root = parsePartMap(reader.partMap);
  if (!root.ok) throw new Error('stored part map cannot be read');
  const span = await locateSection(reader, root.value, url.section);
  return span && clipSpan(span, url.partial);
}
