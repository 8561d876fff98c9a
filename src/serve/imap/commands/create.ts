import type { ImapReader } from '../../../wire/imap/imap-reader.ts';
import { printObjectId } from '../../../wire/imap/object-id.ts';
import { specialUses, type SpecialUse } from '../../../store/mailbox.ts';
import { command, loggedIn } from '../command.ts';
import { checkMailboxName } from '../mailbox-name.ts';
import { mailboxRefusal } from '../mailbox-refusal.ts';
import { No } from '../refusal.ts';
import { noPermission, placeForNew } from '../sharing/access.ts';

/** CREATE. RFC 9051 section 6.3.4; USE from RFC 6154 section 3, MAILBOXID RFC 8474 section 4.1. */
export const create = command({
  name: 'CREATE',
  states: loggedIn,
  capabilities: ['CREATE-SPECIAL-USE'],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    const name = r.expectMailbox();
    return { name, uses: r.takeSpace() ? expectUses(r) : [] };
  },
  async run(session, { name, uses }) {
    const checked = checkMailboxName(name);
    const specialUse = chooseUse(uses);
    const { owner, path, isOwn } = await placeForNew(session, checked);
    if (!isOwn && specialUse !== undefined) throw new No('only the owner gives a special use', 'USEATTR');
    const outcome = await session.services.store.createMailbox({
      accountId: owner.id,
      name: path,
      ...(specialUse === undefined ? {} : { specialUse }),
      origin: session.origin,
    });
    // What is there, but not for this client, it does not hear.
    if (!outcome.ok && !isOwn) throw noPermission();
    if (!outcome.ok) throw mailboxRefusal(outcome.reason);
    return { code: `MAILBOXID (${printObjectId('mailbox', outcome.mailbox.id)})` };
  },
});

/** "(" "USE" SP "(" [use-attr *(SP use-attr)] ")" ")". RFC 6154 section 6. */
function expectUses(r: ImapReader): string[] {
  r.expectChar('(');
  if (!r.takeWord('USE')) r.fail('USE');
  r.expectSpace();
  const uses = r.expectFlagList();
  r.expectChar(')');
  return uses;
}

function chooseUse(uses: readonly string[]): SpecialUse | undefined {
  const [first] = uses;
  if (first === undefined) return undefined;
  const known = specialUses.find((use) => use.toLowerCase() === first.toLowerCase());
  if (known === undefined || uses.length > 1) throw new No('no such special use', 'USEATTR');
  return known;
}
