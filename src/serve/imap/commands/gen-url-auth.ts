import { printAstring } from '../../../wire/imap/print-string.ts';
import { expectGenUrlAuth } from '../../../wire/imap/read-url-commands.ts';
import { authorizeUrl } from '../authorized-url.ts';
import { command, loggedIn } from '../command.ts';

/** GENURLAUTH. RFC 4467 section 7. */
export const genUrlAuth = command({
  name: 'GENURLAUTH',
  states: loggedIn,
  capabilities: ['URLAUTH'],
  tells: 'all',
  parse: expectGenUrlAuth,
  async run(session, asked, reply) {
    const urls: string[] = [];
    for (const { url, mechanism } of asked) urls.push(printAstring(await authorizeUrl(session, url, mechanism)));
    reply.untagged(`GENURLAUTH ${urls.join(' ')}`);
  },
});
