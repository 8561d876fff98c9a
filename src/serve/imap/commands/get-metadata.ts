import { expectGetMetadata } from '../../../wire/imap/read-metadata.ts';
import { command, loggedIn } from '../command.ts';
import { annotationTarget, findMetadata, printMetadata, readVisible } from '../metadata.ts';

/** GETMETADATA, with MAXSIZE and DEPTH. RFC 5464 section 4.2. */
export const getMetadata = command({
  name: 'GETMETADATA',
  states: loggedIn,
  capabilities: ['METADATA', 'METADATA-SERVER'],
  tells: 'all',
  parse: expectGetMetadata,
  async run(session, args, reply) {
    const target = await annotationTarget(session, args.mailbox, 'r');
    const found = findMetadata(await readVisible(session, target), args);
    const text = printMetadata(session, args.mailbox, found);
    if (text !== undefined) reply.untagged(text);
    return found.longest > 0 ? { code: `METADATA LONGENTRIES ${found.longest}` } : {};
  },
});
