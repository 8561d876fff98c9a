import { printAstring, printMailbox } from '../../../wire/imap/print-string.ts';
import { allRights, expectAclSubject, printRights, separateRights } from '../../../wire/imap/rights.ts';
import { encodeUtf8 } from '../../../wire/imap/utf8-octets.ts';
import { command, loggedIn } from '../command.ts';
import { openAccess } from '../sharing/access.ts';
import { resolveIdentifier } from '../sharing/identifier.ts';

/** LISTRIGHTS: each right can be given by itself, and the owner has all of them for good. RFC 4314 section 3.4. */
export const listRights = command({
  name: 'LISTRIGHTS',
  states: loggedIn,
  belongsTo: 'ACL',
  tells: 'all',
  parse: expectAclSubject,
  async run(session, { name, identifier }, reply) {
    const { owner, mailbox } = await openAccess(session, name, 'a');
    const { text, granteeId } = resolveIdentifier(session.services.directory, identifier);
    const rights = granteeId === owner.id ? printRights(allRights) : `"" ${separateRights}`;
    const names = `${printMailbox(mailbox.name, session.utf8)} ${printAstring(encodeUtf8(text))}`;
    reply.untagged(`LISTRIGHTS ${names} ${rights}`);
  },
});
