import { command } from '../command.ts';
import { copyMessages, expectCopy } from '../copy-messages.ts';

/** UID COPY. RFC 9051 section 6.4.9; COPYUID RFC 4315 section 3. */
export const uidCopy = command({
  name: 'UID COPY',
  states: ['selected'],
  tells: 'all',
  parse: expectCopy,
  async run(session, args, reply) {
    const { copyUid } = await copyMessages(session, args, { byUid: true, how: 'copy' }, reply);
    return copyUid === undefined ? {} : { code: copyUid };
  },
});
