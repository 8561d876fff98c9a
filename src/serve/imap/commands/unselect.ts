import { command } from '../command.ts';
import { deselect } from '../select-mailbox.ts';

/** UNSELECT: leaves without expunging. RFC 9051 section 6.4.2, RFC 3691. */
export const unselect = command({
  name: 'UNSELECT',
  states: ['selected'],
  capabilities: ['UNSELECT'],
  tells: 'nothing',
  parse() {},
  run(session) {
    deselect(session);
  },
});
