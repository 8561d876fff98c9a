import type { MessageReader } from '../../store/message-reader.ts';
import { TopCutter } from '../../wire/pop3/top-cutter.ts';
import { DotStuffer } from '../../wire/smtp/dot-stuffer.ts';
import type { Drop } from './maildrop.ts';
import { pause } from './pause.ts';
import { Refuse } from './refuse.ts';
import type { Pop3Session } from './session.ts';

/** Octets read at once: what a slow client makes the server hold. */
const pieceBytes = 128 * 1024;

/** The octets of a message broke off: the client would take what follows for its rest, so the connection must end. */
export class BrokenMessage extends Error {
  override readonly name = 'BrokenMessage';
}

/**
 * Sends a message, or its header and so many lines, with dots stuffed (RFC 1939 section 3) and each lone CR or LF as CRLF:
 * programs that take LF for a line end would see the end of the response where there is none.
 * @throws Refuse when another session removed it. @throws BrokenMessage
 */
export async function sendMessage(session: Pop3Session, drop: Drop, bodyLines: number | undefined): Promise<void> {
  const { accountId } = session.currentMaildrop();
  const reader = await session.services.store.openMessage(accountId, drop.emailId);
  if (reader === undefined) throw new Refuse('message is gone');
  try {
    // Before anything is said: a message that cannot be read at all is refused.
    const first = await reader.read(0, Math.min(pieceBytes, reader.originalBytes));
    session.ok(bodyLines === undefined ? `${drop.sizeBytes} octets` : 'top of message follows');
    await sendPieces(session, reader, first, bodyLines === undefined ? undefined : new TopCutter(bodyLines));
  } finally {
    reader.close();
  }
}

async function sendPieces(
  session: Pop3Session,
  reader: MessageReader,
  first: Uint8Array,
  cutter: TopCutter | undefined,
): Promise<void> {
  const { sink } = session;
  const stuffer = new DotStuffer();
  const send = (octets: Uint8Array): void => {
    for (const piece of stuffer.push(cutter === undefined ? octets : cutter.push(octets))) sink.write(piece);
  };
  send(reader.prefix);
  send(first);
  for (let at = pieceBytes; at < reader.originalBytes && cutter?.done !== true; at += pieceBytes) {
    await pause(sink);
    if (sink.closed) return;
    send(await readOn(reader, at));
  }
  sink.write(stuffer.end());
  await pause(sink);
}

async function readOn(reader: MessageReader, at: number): Promise<Uint8Array> {
  const end = Math.min(at + pieceBytes, reader.originalBytes);
  try {
    const octets = await reader.read(at, end);
    if (octets.length === end - at) return octets;
  } catch (error) {
    throw new BrokenMessage('a message broke off while it was sent', { cause: error });
  }
  throw new BrokenMessage('a message is shorter than its size');
}
