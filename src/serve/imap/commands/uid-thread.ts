import { expectThread } from '../../../wire/imap/read-sort.ts';
import { command } from '../command.ts';
import { runThread } from '../sort/run-thread.ts';

/** UID THREAD. RFC 5256 section 3. */
export const uidThread = command({
  name: 'UID THREAD',
  states: ['selected'],
  tells: 'all',
  parse: expectThread,
  run: (session, args, reply) => runThread(session, args, true, reply),
});
