import { parseImapUrl } from '../../../wire/imap/imap-url.ts';
import { openUrl, type UrlOctets } from '../../open-url.ts';
import { No } from '../refusal.ts';
import type { Session } from '../session.ts';
import { openAccess, type Access } from '../sharing/access.ts';

/**
 * The octets of a URL in CATENATE: of a message in a mailbox that the client may read, so without the name of a server.
 * RFC 4469 section 3.
 * @throws No BADURL with the URL. RFC 4469 section 4.1.
 */
export async function openCatenated(session: Session, text: string): Promise<UrlOctets> {
  const parsed = parseImapUrl(text);
  if (!parsed.ok) throw badUrl(text, `expected ${parsed.error.expected}`);
  const url = parsed.value;
  if (url.server !== undefined || url.authorization !== undefined) throw badUrl(text, 'expected a path on this server');
  const { owner, mailbox } = await readable(session, url.mailbox, text);
  const found = await openUrl(session.services.store, owner.id, mailbox, url);
  if (found === undefined) throw badUrl(text, 'no such message or part');
  return found;
}

async function readable(session: Session, mailbox: string, text: string): Promise<Access> {
  try {
    return await openAccess(session, mailbox, 'r');
  } catch (error) {
    throw error instanceof No ? badUrl(text, error.message) : error;
  }
}

/** url-resp-text is 1*TEXT-CHAR without "]". RFC 4469 section 5. */
function badUrl(text: string, why: string): No {
  const printable = text
    .slice(0, 4096)
    .replaceAll(/[^ -~]|\]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return new No(why, printable === '' ? 'BADURL ""' : `BADURL ${printable}`);
}
