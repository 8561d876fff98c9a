import { printMailbox } from '../../../wire/imap/print-string.ts';
import { acceptedPatterns } from '../../../wire/imap/read-list.ts';
import { command, loggedIn } from '../command.ts';
import { listPattern } from '../list-pattern.ts';

/** LSUB: subscribed names; a name above one, that the pattern names instead of it, comes with \Noselect. RFC 3501 section 6.3.9. */
export const lsub = command({
  name: 'LSUB',
  states: loggedIn,
  tells: 'all',
  parse(r) {
    r.expectSpace();
    const reference = r.expectListMailbox();
    r.expectSpace();
    const [pattern] = acceptedPatterns(reference, [r.expectListMailbox()]);
    return { reference: reference ?? '', pattern };
  },
  async run(session, { reference, pattern }, reply) {
    if (pattern === undefined) return;
    const subscriptions = await session.services.store.listSubscriptions(session.currentAccount().id);
    const matches = listPattern(reference, pattern);
    // RFC 3501 asks for parents only where a % in the pattern hides what is below.
    const withParents = pattern.includes('%');
    const told = new Set<string>();
    for (const name of [...subscriptions].sort()) {
      const found = matches(name) ? name : withParents ? matchingParent(name, matches) : undefined;
      if (found !== undefined && !told.has(found)) {
        told.add(found);
        const attributes = subscriptions.has(found) ? '' : '\\Noselect';
        reply.untagged(`LSUB (${attributes}) "/" ${printMailbox(found, session.utf8)}`);
      }
      const pause = reply.pause();
      if (pause !== undefined) await pause;
    }
  },
});

function matchingParent(name: string, matches: (name: string) => boolean): string | undefined {
  for (let at = name.lastIndexOf('/'); at > 0; at = name.lastIndexOf('/', at - 1)) {
    if (matches(name.slice(0, at))) return name.slice(0, at);
  }
  return undefined;
}
