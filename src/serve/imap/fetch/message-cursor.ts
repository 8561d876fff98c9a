import type { EmailRow } from '../../../store/email-row.ts';
import type { MailboxIndex } from '../../../store/mailbox-index.ts';

/** The message that a FETCH is at. One object for the whole command, so that 100,000 messages make no garbage. */
export interface MessageCursor {
  readonly index: MailboxIndex;
  /** Message number of this client. */
  number: number;
  uid: number;
  /** Position in `index`; -1 when the message was expunged and this client was not told yet. */
  at: number;
  /** Stored facts; `noRow` when the plan needs none. */
  row: EmailRow;
}

/** Stands where no facts were asked for. */
export const noRow: EmailRow = {
  uid: 0 as EmailRow['uid'],
  emailId: 0 as EmailRow['emailId'],
  threadId: 0 as EmailRow['threadId'],
  sizeBytes: 0,
  receivedAtMs: 0,
  savedAtMs: 0,
  sentAtMs: null,
  envelope: '',
  bodyStructure: '',
  partMap: '',
  preview: '',
  threading: new Uint8Array(),
  usualFields: '',
};
