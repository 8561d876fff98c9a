import { expectThread } from '../../../wire/imap/read-sort.ts';
import { command } from '../command.ts';
import { runThread } from '../sort/run-thread.ts';

/** THREAD. RFC 5256 section 3; REFS is of draft-ietf-morg-inthread. */
export const thread = command({
  name: 'THREAD',
  states: ['selected'],
  capabilities: ['THREAD=ORDEREDSUBJECT', 'THREAD=REFERENCES', 'THREAD=REFS'],
  tells: 'no-expunge',
  parse: expectThread,
  run: (session, args, reply) => runThread(session, args, false, reply),
});
