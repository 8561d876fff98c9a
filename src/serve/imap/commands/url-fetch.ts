import { printAstring } from '../../../wire/imap/print-string.ts';
import { expectUrlFetch } from '../../../wire/imap/read-url-commands.ts';
import { openAuthorized } from '../authorized-url.ts';
import { command, loggedIn } from '../command.ts';
import { Bye } from '../refusal.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';

/**
 * URLFETCH: the octets of URLs that somebody else may have authorized, each in a response of its own; NIL for one that is not
 * valid. It needs no mailbox and changes none. RFC 4467 section 7; ranges (URL-PARTIAL) RFC 5550 section 5.7.1.
 */
export const urlFetch = command({
  name: 'URLFETCH',
  states: loggedIn,
  capabilities: ['URL-PARTIAL'],
  tells: 'all',
  parse: expectUrlFetch,
  async run(session, urls, reply) {
    for (const url of urls) {
      await writeUrl(session, reply, url);
      if (reply.gone) return;
    }
  },
});

async function writeUrl(session: Session, reply: Reply, url: string): Promise<void> {
  const found = await openAuthorized(session, url);
  const lead = `* URLFETCH ${printAstring(url)}`;
  if (found === undefined) {
    reply.write(`${lead} NIL\r\n`);
    return;
  }
  try {
    reply.write(`${lead} {${found.bytes}}\r\n`);
    for await (const piece of found.pieces()) {
      reply.write(piece);
      const pause = reply.pause();
      if (pause !== undefined) await pause;
      if (reply.gone) return;
    }
    reply.write('\r\n');
  } catch (error) {
    session.log.error('message cannot be read', { answer: 'BYE' }, error);
    throw new Bye('message cannot be read', 'UNAVAILABLE');
  } finally {
    found.close();
  }
}
