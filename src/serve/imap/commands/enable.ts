import { command, loggedIn } from '../command.ts';
import { useCondstore } from '../condstore.ts';
import { hiddenFrom, isHidden } from '../hidden-capabilities.ts';
import type { Reply } from '../respond.ts';
import type { Session } from '../session.ts';

const switches: ReadonlyMap<string, { readonly name: string; turnOn(session: Session, reply: Reply): void }> = new Map(
  [
    { name: 'IMAP4rev2', turnOn: (session: Session) => void (session.rev2 = true) },
    { name: 'UTF8=ACCEPT', turnOn: (session: Session) => void (session.utf8Accept = true) },
    // RFC 5464 section 4.1: the two names mean the same here.
    {
      name: 'UIDONLY',
      turnOn(session: Session) {
        session.uidOnly = true;
        if (session.selected !== undefined) session.selected.view.uidOnly = true;
      },
    },
    { name: 'METADATA', turnOn: (session: Session) => void (session.metadata = true) },
    { name: 'METADATA-SERVER', turnOn: (session: Session) => void (session.metadata = true) },
    { name: 'CONDSTORE', turnOn: useCondstore },
    {
      name: 'QRESYNC',
      turnOn(session: Session, reply: Reply) {
        useCondstore(session, reply);
        session.qresync = true;
      },
    },
  ].map((entry) => [entry.name.toUpperCase(), entry]),
);

/** ENABLE. RFC 9051 section 6.3.1, RFC 5161 section 3; what it turns on: RFC 6855 section 3, RFC 7162 section 3.2.3, RFC 9586. */
export const enable = command({
  name: 'ENABLE',
  states: loggedIn,
  capabilities: ['ENABLE', 'UTF8=ACCEPT', 'CONDSTORE', 'QRESYNC', 'UIDONLY'],
  tells: 'all',
  parse(r) {
    const names: string[] = [];
    do {
      r.expectSpace();
      names.push(r.expectKeyword());
    } while (!r.atEnd() && names.length < 50);
    return names;
  },
  run(session, names, reply) {
    const hidden = hiddenFrom(session);
    const known = new Set(names.flatMap((name) => (isHidden(hidden, name) ? [] : (switches.get(name) ?? []))));
    for (const entry of known) entry.turnOn(session, reply);
    reply.untagged(['ENABLED', ...[...known].map((entry) => entry.name)].join(' '));
  },
});
