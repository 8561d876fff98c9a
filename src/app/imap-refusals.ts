import type { Refusals } from '../net/listen.ts';

/** What connections that are not taken hear on IMAP (RFC 9051 section 7.1.5). */
export const imapRefusals: Refusals = {
  tooMany: '* BYE [UNAVAILABLE] too many connections\r\n',
  blocked: '* BYE [UNAVAILABLE] too many failed logins, try again later\r\n',
  closing: '* BYE [UNAVAILABLE] shutting down\r\n',
};
