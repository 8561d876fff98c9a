import { expectAclSubject } from '../../../wire/imap/rights.ts';
import { command, loggedIn } from '../command.ts';
import { openAccess } from '../sharing/access.ts';
import { printedIdentifier } from '../sharing/identifier.ts';

/** DELETEACL, also of identifiers that nobody has any more; of those that are not in the list it changes nothing. RFC 4314 section 3.2. */
export const deleteAcl = command({
  name: 'DELETEACL',
  states: loggedIn,
  belongsTo: 'ACL',
  tells: 'all',
  parse: expectAclSubject,
  async run(session, { name, identifier }) {
    const { owner, mailbox } = await openAccess(session, name, 'a');
    await session.services.store.setRights({
      accountId: owner.id,
      mailboxId: mailbox.id,
      identifier: printedIdentifier(identifier),
      granteeId: undefined,
      how: 'replace',
      rights: '',
      origin: session.origin,
    });
  },
});
