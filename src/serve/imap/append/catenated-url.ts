import { parseImapUrl } from '../../../wire/imap/imap-url.ts';
import { openUrl, type UrlOctets } from '../open-url.ts';
import { No } from '../refusal.ts';
import type { Session } from '../session.ts';

/**
 * The octets of a URL in CATENATE: of a message in a mailbox of the client's own, so without the name of a server.
 * RFC 4469 section 3.
 * @throws No BADURL with the URL. RFC 4469 section 4.1.
 */
export async function openCatenated(session: Session, text: string): Promise<UrlOctets> {
  const parsed = parseImapUrl(text);
  if (!parsed.ok) throw badUrl(text, `expected ${parsed.error.expected}`);
  const url = parsed.value;
  if (url.server !== undefined || url.authorization !== undefined) throw badUrl(text, 'expected a path on this server');
  const { store } = session.services;
  const account = session.currentAccount();
  const mailbox = await store.findMailbox(account.id, url.mailbox);
  const found = mailbox && (await openUrl(store, account.id, mailbox, url));
  return found ?? Promise.reject(badUrl(text, 'no such message or part'));
}

/** url-resp-text is 1*TEXT-CHAR without "]". RFC 4469 section 5. */
function badUrl(text: string, why: string): No {
  const printable = text
    .slice(0, 4096)
    .replaceAll(/[^ -~]|\]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return new No(why, printable === '' ? 'BADURL ""' : `BADURL ${printable}`);
}
