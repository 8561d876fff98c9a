import type { MailboxOutcome } from '../../store/store.ts';
import { assertNever } from '../../base/assert-never.ts';
import { No } from './refusal.ts';

type Reason = Extract<MailboxOutcome, { ok: false }>['reason'];

/** Why the store did not create, delete or rename a mailbox, as the client hears it. RFC 9051 section 7.1. */
export function mailboxRefusal(reason: Reason): No {
  switch (reason) {
    case 'exists':
      return new No('mailbox exists', 'ALREADYEXISTS');
    case 'no-such-mailbox':
      return new No('no such mailbox', 'NONEXISTENT');
    case 'has-children':
      return new No('mailbox has children', 'HASCHILDREN');
    case 'special-use-taken':
      return new No('another mailbox has that special use', 'USEATTR');
    case 'bad-name':
      return new No('no mailbox can have that name', 'CANNOT');
    case 'is-inbox':
      return new No('INBOX has to stay', 'CANNOT');
    case 'too-many':
      return new No('too many mailboxes', 'LIMIT');
    default:
      return assertNever(reason);
  }
}
