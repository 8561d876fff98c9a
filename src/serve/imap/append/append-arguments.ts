import type { ImapReader, MessageLiteral } from '../../../wire/imap/imap-reader.ts';

/** What a client says of the messages that it appends, in the order in which it says it. */
export type AppendStep =
  /** A message begins. `catenate`: it comes in parts. */
  | {
      readonly kind: 'message';
      readonly flags: readonly string[];
      /** INTERNALDATE, milliseconds since 1970; undefined: now. */
      readonly receivedAtMs: number | undefined;
      readonly catenate: boolean;
    }
  /** Octets that are still to come: the message, or a part of it. Always the last of its text. */
  | { readonly kind: 'literal'; readonly literal: MessageLiteral }
  /** The same, when they stand in the text, one character each. */
  | { readonly kind: 'octets'; readonly octets: string }
  /** Octets that the server has. RFC 4469 section 3. */
  | { readonly kind: 'url'; readonly url: string }
  /** The message is whole. */
  | { readonly kind: 'end' };

/** Where the octets that end a text are: what may follow them. */
export type OpenAt = 'message' | 'utf8' | 'list';

/** One text: the command up to its first octets, or what is between octets. */
export interface AppendText {
  readonly steps: readonly AppendStep[];
  /** Undefined: the command ends here. */
  readonly open: OpenAt | undefined;
}

/** The command up to its first literal. */
export interface AppendArguments extends AppendText {
  readonly mailbox: string;
}

/** append = "APPEND" SP mailbox 1*append-message. RFC 9051 section 9, RFC 3502 section 6. Ends at the first octets, or with the command. */
export function expectAppend(r: ImapReader): AppendArguments {
  r.expectSpace();
  const mailbox = r.expectMailbox();
  const steps: AppendStep[] = [];
  const open = messages(r, steps, true);
  return { mailbox, steps, open };
}

/** What follows octets: the rest of the message and further messages, up to the next octets. */
export function expectRest(r: ImapReader, after: OpenAt): AppendText {
  const steps: AppendStep[] = [];
  if (after === 'list') {
    if (!parts(r, steps)) return { steps, open: 'list' };
  } else {
    if (after === 'utf8') r.expectChar(')');
    steps.push({ kind: 'end' });
  }
  return { steps, open: messages(r, steps, false) };
}

/** Reads messages up to octets that are still to come, or to the end. */
function messages(r: ImapReader, steps: AppendStep[], mustBegin: boolean): OpenAt | undefined {
  for (let must = mustBegin; must || !/^ *$/.test(r.text.slice(r.at, r.at + 1000)); must = false) {
    const open = message(r, steps);
    if (open !== undefined) return open;
  }
  return undefined;
}

/**
 * append-message = [SP flag-list] [SP date-time] SP append-data. RFC 9051 section 9; append-data =/ "UTF8" SP "(" literal8
 * ")" of RFC 6855 section 4, "CATENATE" SP "(" cat-part *(SP cat-part) ")" of RFC 4469 section 5.
 */
function message(r: ImapReader, steps: AppendStep[]): OpenAt | undefined {
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
  const catenate = r.takeWord('CATENATE');
  steps.push({ kind: 'message', flags, receivedAtMs, catenate });
  if (catenate) {
    r.expectSpace();
    r.expectChar('(');
    part(r, steps);
    return lastIsOpen(steps) || !parts(r, steps) ? 'list' : undefined;
  }
  const inUtf8 = r.takeWord('UTF8');
  if (inUtf8) {
    r.expectSpace();
    r.expectChar('(');
  }
  const at = r.at;
  const literal = r.expectMessageLiteral();
  if (inUtf8 && !literal.binary) r.fail('literal8', at);
  steps.push({ kind: 'literal', literal });
  return inUtf8 ? 'utf8' : 'message';
}

/** *(SP cat-part) ")". False when octets must come first. */
function parts(r: ImapReader, steps: AppendStep[]): boolean {
  while (r.takeSpace()) {
    part(r, steps);
    if (lastIsOpen(steps)) return false;
  }
  r.expectChar(')');
  steps.push({ kind: 'end' });
  return true;
}

/** cat-part = "TEXT" SP literal / "URL" SP astring. RFC 4469 section 5. */
function part(r: ImapReader, steps: AppendStep[]): void {
  if (r.takeWord('URL')) {
    r.expectSpace();
    steps.push({ kind: 'url', url: r.expectAstring() });
    return;
  }
  if (!r.takeWord('TEXT')) r.fail('TEXT or URL');
  r.expectSpace();
  if (r.peek() === 34) r.fail('literal');
  // With literals in front of it, a small one may have been read already.
  const isInText = r.text.indexOf('\r\n', r.at) >= 0;
  if (isInText) steps.push({ kind: 'octets', octets: r.takeString() ?? r.fail('literal') });
  else steps.push({ kind: 'literal', literal: r.expectMessageLiteral() });
}

function lastIsOpen(steps: readonly AppendStep[]): boolean {
  return steps.at(-1)?.kind === 'literal';
}
