import { command } from '../command.ts';

/** CHECK: nothing is ever left to be written here, so it is NOOP. RFC 3501 section 6.4.1. */
export const check = command({
  name: 'CHECK',
  states: ['selected'],
  tells: 'all',
  parse() {},
  run() {},
});
