import { command, loggedIn } from '../command.ts';
import { expectAppend } from '../append/append-arguments.ts';
import { AppendRun } from '../append/append-run.ts';

/**
 * APPEND. RFC 9051 section 6.3.12; several messages RFC 3502, UTF8 RFC 6855 section 4, literal8 RFC 3516 section 4.4,
 * APPENDLIMIT RFC 7889, parts RFC 4469, APPENDUID RFC 4315 section 3.
 */
export const append = command({
  name: 'APPEND',
  states: loggedIn,
  capabilities: ['MULTIAPPEND', 'CATENATE', (session) => `APPENDLIMIT=${session.options.maxMessageBytes}`],
  tells: 'all',
  takesMessage: true,
  overlaps: true,
  parse: expectAppend,
  run: (session, args) => AppendRun.run(session, args),
});
