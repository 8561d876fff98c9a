import { printAstring, printMailbox } from '../../../wire/imap/print-string.ts';
import { allRights, printRights } from '../../../wire/imap/rights.ts';
import { encodeUtf8 } from '../../../wire/imap/utf8-octets.ts';
import { command, loggedIn } from '../command.ts';
import { openAccess } from '../sharing/access.ts';

/** GETACL: the owner, who has all rights, is not in the list of the store, and comes first. RFC 4314 section 3.3. */
export const getAcl = command({
  name: 'GETACL',
  states: loggedIn,
  belongsTo: 'ACL',
  tells: 'all',
  parse(r) {
    r.expectSpace();
    return r.expectMailbox();
  },
  async run(session, name, reply) {
    const { owner, mailbox } = await openAccess(session, name, 'a');
    const entries = await session.services.store.readRights(owner.id, mailbox.id);
    const own = owner.id === session.account?.id ? session.loginAddress : owner.name;
    const texts = [`${printAstring(encodeUtf8(own))} ${printRights(allRights)}`];
    for (const { identifier, rights } of entries) {
      texts.push(`${printAstring(encodeUtf8(identifier))} ${printRights(rights)}`);
    }
    reply.untagged(`ACL ${printMailbox(mailbox.name, session.utf8)} ${texts.join(' ')}`);
  },
});
