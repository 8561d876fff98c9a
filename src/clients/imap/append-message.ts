import { printImapDate } from '../../mime/print-imap-date.ts';
import { numberOf } from '../../wire/imap/response/value.ts';
import { flagsPart, mailboxPart } from './command.ts';
import type { ConnectionState } from './connection-state.ts';

/** A message, whole or in pieces of which the size is known. */
export type AppendContent =
  | Uint8Array
  | { readonly sizeBytes: number; readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array> };

export interface AppendOptions {
  readonly flags?: readonly string[];
  /** INTERNALDATE; default: now. */
  readonly date?: Date;
}

/** Where it went; undefined where the server does not tell (UIDPLUS, RFC 4315). */
export type Appended = { readonly uidValidity: number; readonly uid: number } | undefined;

const literalMinus = 4096;

/** RFC 9051 section 6.3.12. @throws ImapError, and what `pieces` throws (the connection is gone then) */
export async function appendMessage(
  state: ConnectionState,
  mailbox: string,
  content: AppendContent,
  { flags = [], date }: AppendOptions,
): Promise<Appended> {
  const { dialogue, timeouts } = state;
  const sizeBytes = content instanceof Uint8Array ? content.length : content.sizeBytes;
  const when = date ? ` "${printImapDate(date.getTime())}"` : '';
  const isWaiting = dialogue.literals === 'sync' || (dialogue.literals === 'minus' && sizeBytes > literalMinus);
  const mark = `{${sizeBytes}${isWaiting ? '' : '+'}}`;
  const head = ['APPEND ', mailboxPart(mailbox, state.utf8), ` ${flagsPart(flags)}${when} ${mark}`];
  const tag = await dialogue.send(head, timeouts.command, state.take);
  if (isWaiting) await dialogue.awaitContinue(tag, timeouts.command, state.take);
  await sendPieces(state, content instanceof Uint8Array ? [content] : content.pieces, sizeBytes);
  await dialogue.write('\r\n', timeouts.command);
  const { code } = await dialogue.finish(tag, timeouts.command, state.take);
  const uidValidity = numberOf(code?.values[0]);
  const uid = numberOf(code?.values[1]);
  return code?.name !== 'APPENDUID' || uidValidity === undefined || uid === undefined
    ? undefined
    : { uidValidity, uid };
}

/** More or fewer octets than were announced would make commands of a message: then the connection is closed. */
async function sendPieces(
  { dialogue, timeouts }: ConnectionState,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sizeBytes: number,
): Promise<void> {
  let sent = 0;
  try {
    for await (const piece of pieces) {
      sent += piece.length;
      if (sent > sizeBytes) break;
      await dialogue.write(piece, timeouts.command);
    }
    if (sent !== sizeBytes) throw new TypeError(`the message was to have ${sizeBytes} octets, not ${sent}`);
  } catch (error) {
    dialogue.connection.destroy();
    throw error;
  }
}
