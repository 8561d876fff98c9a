import { command } from '../command.ts';
import { copyMessages, expectCopy } from '../copy-messages.ts';

/** COPY. RFC 9051 section 6.4.7; COPYUID RFC 4315 section 3. */
export const copy = command({
  name: 'COPY',
  states: ['selected'],
  tells: 'all',
  parse: expectCopy,
  async run(session, args, reply) {
    const { copyUid } = await copyMessages(session, args, { byUid: false, how: 'copy' }, reply);
    return copyUid === undefined ? {} : { code: copyUid };
  },
});
