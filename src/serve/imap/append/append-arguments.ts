import type { ImapReader, MessageLiteral } from '../../../wire/imap/imap-reader.ts';

/** What precedes the octets of one message of APPEND. */
export interface AppendedMessage {
  readonly flags: readonly string[];
  /** INTERNALDATE, milliseconds since 1970; undefined: now. */
  readonly receivedAtMs: number | undefined;
  readonly literal: MessageLiteral;
  /** In `UTF8 (…)`: a parenthesis follows the octets. RFC 6855 section 4. */
  readonly inUtf8: boolean;
}

/** The command up to its first literal. */
export interface AppendArguments {
  readonly mailbox: string;
  readonly first: AppendedMessage;
}

/** append = "APPEND" SP mailbox 1*append-message. RFC 9051 section 9, RFC 3502 section 6. Ends at the octets of the first message. */
export function expectAppend(r: ImapReader): AppendArguments {
  r.expectSpace();
  const mailbox = r.expectMailbox();
  return { mailbox, first: expectMessage(r) };
}

/**
 * append-message = [SP flag-list] [SP date-time] SP append-data. RFC 9051 section 9; append-data =/ "UTF8" SP "(" literal8
 * ")" of RFC 6855 section 4.
 */
export function expectMessage(r: ImapReader): AppendedMessage {
  r.expectSpace();
  let flags: string[] = [];
  if (r.peek() === 40) {
    flags = r.expectFlagList();
    r.expectSpace();
  }
  let receivedAtMs: number | undefined;
  if (r.peek() === 34) {
    receivedAtMs = r.expectDateTime().ms;
    r.expectSpace();
  }
  const inUtf8 = r.takeWord('UTF8');
  if (inUtf8) {
    r.expectSpace();
    r.expectChar('(');
  }
  const at = r.at;
  const literal = r.expectMessageLiteral();
  if (inUtf8 && !literal.binary) r.fail('literal8', at);
  return { flags, receivedAtMs, literal, inUtf8 };
}
