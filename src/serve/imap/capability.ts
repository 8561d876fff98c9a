import type { Capability, Command } from './command.ts';
import { hiddenFrom, isHidden } from './hidden-capabilities.ts';
import type { Session } from './session.ts';

/** What no single command brings. LITERAL- before login: only small literals without waiting (RFC 7888 section 5). */
const general: readonly Capability[] = [
  'IMAP4rev2',
  'IMAP4rev1',
  (session) => (session.account === undefined ? 'LITERAL-' : 'LITERAL+'),
  ({ options: { messageLimit } }) => (messageLimit === undefined ? undefined : `MESSAGELIMIT=${messageLimit}`),
  // How SEARCH, SORT and THREAD compare. RFC 5255 section 4.3.
  (session) => (session.account === undefined ? undefined : 'I18NLEVEL=1'),
];

/** Makes the function that prints CAPABILITY for a session (without the word), out of the command table. RFC 9051 section 7.2.2. */
export function capabilitiesOf(commands: Iterable<Command>): (session: Session) => string {
  const all: Capability[] = [...general];
  for (const { capabilities } of commands) if (capabilities !== undefined) all.push(...capabilities);
  return (session) => {
    const hidden = hiddenFrom(session);
    const names = new Set<string>();
    for (const capability of all) {
      const name = typeof capability === 'string' ? capability : capability(session);
      if (name === undefined) continue;
      for (const one of name.split(' ')) if (hidden.length === 0 || !isHidden(hidden, one)) names.add(one);
    }
    return [...names].join(' ');
  };
}
