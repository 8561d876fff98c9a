import type { Account } from '../../directory/directory.ts';
import { parseImapUrl, type ImapUrl, type UrlAccess } from '../../wire/imap/imap-url.ts';
import { replies } from '../../wire/smtp/replies.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import { openUrl, type UrlMessage } from '../open-url.ts';
import { findAuthorized, findUrlUser } from '../url-access.ts';
import type { SmtpSession } from './session.ts';

/**
 * The message behind a URL of BURL, or why it is not given. RFC 4468 section 3.3: the host must be this server, since no other
 * is asked; `submit+` must name who has logged in. Without a token the message must be the client's own.
 */
export async function openSubmittedUrl(session: SmtpSession, text: string): Promise<UrlMessage | Reply> {
  const { directory, messages, clock } = session.services;
  const account = session.account && directory.findAccount(session.account.id);
  const parsed = parseImapUrl(text);
  if (!parsed.ok) return replies.badArguments;
  const url = parsed.value;
  if (account === undefined || messages === undefined) return replies.urlNotYours;
  if (url.authorization === undefined) return openOwn(session, account, url);
  const services = { store: messages, directory, clock };
  const found = await findAuthorized(services, text, (access) => mayUse(session, account, access));
  const opened = found && (await openUrl(messages, found.owner.id, found.mailbox, found.url));
  return opened ?? replies.urlNotYours;
}

async function openOwn(session: SmtpSession, account: Account, url: ImapUrl): Promise<UrlMessage | Reply> {
  const { directory, messages } = session.services;
  if (url.server?.host !== session.options.hostname.toLowerCase()) return replies.urlElsewhere;
  const { user } = url.server;
  const isOwn = user === undefined || findUrlUser(directory, user)?.id === account.id;
  const mailbox = isOwn ? await messages?.findMailbox(account.id, url.mailbox) : undefined;
  const opened = mailbox && messages && (await openUrl(messages, account.id, mailbox, url));
  return opened ?? replies.urlNotYours;
}

/** Nobody is anonymous here. RFC 4467 section 3. */
function mayUse({ services }: SmtpSession, account: Account, access: UrlAccess): boolean {
  if (!('user' in access)) return true;
  return findUrlUser(services.directory, access.user)?.id === account.id;
}
