import { expectAclSubject, expectModifiedRights } from '../../../wire/imap/rights.ts';
import { command, loggedIn } from '../command.ts';
import { No } from '../refusal.ts';
import { openAccess } from '../sharing/access.ts';
import { resolveIdentifier } from '../sharing/identifier.ts';

/**
 * SETACL. RFC 4314 section 3.1; the identifiers `anyone` and `-…` section 2. The owner has all rights for good, so that nobody
 * is locked out of the own mail.
 */
export const setAcl = command({
  name: 'SETACL',
  states: loggedIn,
  capabilities: ['ACL', 'RIGHTS=texk'],
  belongsTo: 'ACL',
  tells: 'all',
  parse(r) {
    const subject = expectAclSubject(r);
    r.expectSpace();
    return { ...subject, modified: expectModifiedRights(r) };
  },
  async run(session, { name, identifier, modified }) {
    const { owner, mailbox } = await openAccess(session, name, 'a');
    const { text, granteeId } = resolveIdentifier(session.services.directory, identifier);
    if (granteeId === owner.id) throw new No('the owner always has all rights', 'CANNOT');
    const outcome = await session.services.store.setRights({
      accountId: owner.id,
      mailboxId: mailbox.id,
      identifier: text,
      granteeId,
      ...modified,
      origin: session.origin,
    });
    if (outcome.ok) return;
    throw outcome.reason === 'too-many'
      ? new No('the list is full', 'LIMIT')
      : new No('no such mailbox', 'NONEXISTENT');
  },
});
