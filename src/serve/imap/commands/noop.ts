import { anyState, command } from '../command.ts';

/** NOOP: what happened in the mailbox is told before its answer, as by every command. RFC 9051 section 6.1.2. */
export const noop = command({
  name: 'NOOP',
  states: anyState,
  tells: 'all',
  parse() {},
  run() {},
});
