import { expectUrlFetch } from '../../../wire/imap/read-url-commands.ts';
import { command, loggedIn } from '../command.ts';
import { writeUrl } from '../write-url.ts';

/**
 * URLFETCH: the octets of URLs that somebody else may have authorized, each in a response of its own; NIL for one that is not
 * valid. It needs no mailbox and changes none. RFC 4467 section 7; without transfer encoding, and with the structure, RFC 5524;
 * ranges (URL-PARTIAL) RFC 5550 section 5.7.1.
 */
export const urlFetch = command({
  name: 'URLFETCH',
  states: loggedIn,
  capabilities: ['URLAUTH=BINARY', 'URL-PARTIAL'],
  tells: 'all',
  parse: expectUrlFetch,
  async run(session, urls, reply) {
    for (const url of urls) {
      await writeUrl(session, reply, url);
      if (reply.gone) return;
    }
  },
});
