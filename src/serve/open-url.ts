import { parsePartMap } from '../mime/part-map.ts';
import type { AnyPart } from '../mime/find-section.ts';
import type { AccountId } from '../store/ids.ts';
import type { EmailRow } from '../store/email-row.ts';
import type { Mailbox } from '../store/mailbox.ts';
import type { MessageReader } from '../store/message-reader.ts';
import type { Store } from '../store/store.ts';
import type { ImapUrl } from '../wire/imap/imap-url.ts';
import { clipSpan, locateSection, readSpan, spanBytes } from './octet-span.ts';

/** What a URL stands for, ready to be read; `close` gives back what it holds. */
export interface UrlOctets {
  readonly bytes: number;
  readonly pieces: () => AsyncIterable<Uint8Array>;
  close(): void;
}

/** The same with what is known of the message. */
export interface UrlMessage extends UrlOctets {
  readonly reader: MessageReader;
  readonly root: AnyPart;
  /** BODYSTRUCTURE of the message, as it is sent. */
  readonly bodyStructure: string;
}

type UrlStore = Pick<Store, 'readEmails' | 'openMessage'>;

/** The octets of a message or a part, as FETCH BODY[…]<…> would give them. Undefined: there are none. RFC 4469 section 3. */
export async function openUrl(
  store: UrlStore,
  accountId: AccountId,
  mailbox: Mailbox,
  url: ImapUrl,
): Promise<UrlMessage | undefined> {
  if (url.uidValidity !== undefined && url.uidValidity !== mailbox.uidValidity) return undefined;
  const row = await findEmail(store, accountId, mailbox, url.uid);
  const reader = row && (await store.openMessage(accountId, row.emailId));
  if (row === undefined || reader === undefined) return undefined;
  try {
    const root = parsePartMap(reader.partMap);
    if (!root.ok) throw new Error('stored part map cannot be read');
    const whole = await locateSection(reader, root.value, url.section);
    if (whole === undefined) {
      reader.close();
      return undefined;
    }
    const span = clipSpan(whole, url.partial);
    return {
      ...{ reader, root: root.value, bodyStructure: row.bodyStructure, bytes: spanBytes(span) },
      pieces: () => readSpan(reader, span),
      close: () => reader.close(),
    };
  } catch (error) {
    reader.close();
    throw error;
  }
}

async function findEmail(
  store: UrlStore,
  accountId: AccountId,
  mailbox: Mailbox,
  uid: number,
): Promise<EmailRow | undefined> {
  const selection = { accountId, mailboxId: mailbox.id, uids: [[uid, uid]] as const, withExpunged: false };
  for await (const [row] of store.readEmails(selection, { bodyStructure: true })) return row;
  return undefined;
}
