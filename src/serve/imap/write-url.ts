import { parseImapUrl, type ImapUrl } from '../../wire/imap/imap-url.ts';
import { printAstring } from '../../wire/imap/print-string.ts';
import type { AskedUrl } from '../../wire/imap/read-url-commands.ts';
import type { UrlMessage } from '../open-url.ts';
import { openAuthorized } from './authorized-url.ts';
import { locateEncoded, readDecoded, UnknownEncoding } from './fetch/decoded-part.ts';
import { printPartStructure } from './fetch/part-structure.ts';
import { Bye } from './refusal.ts';
import type { Reply } from './respond.ts';
import type { Session } from './session.ts';

/** Octets that can be read as often as wanted, without an end that is known beforehand. */
type Pieces = () => AsyncIterable<Uint8Array>;

interface Measured {
  readonly bytes: number;
  readonly lines: number;
  readonly hasNul: boolean;
}

/**
 * The URLFETCH response of one URL: its octets (RFC 4467 section 7), or what was asked for in parentheses (RFC 5524 section 3.2). NIL
 * for a URL that is not valid.
 */
export async function writeUrl(session: Session, reply: Reply, { url, items }: AskedUrl): Promise<void> {
  const found = await openAuthorized(session, url);
  const lead = `* URLFETCH ${printAstring(url)}`;
  if (found === undefined) {
    reply.write(`${lead} NIL\r\n`);
    return;
  }
  try {
    reply.write(lead);
    if (items.size === 0) await writeLiteral(reply, ' ', found.pieces, { bytes: found.bytes, hasNul: false });
    else await writeItems(reply, found, url, items);
    if (!reply.gone) reply.write('\r\n');
  } catch (error) {
    session.log.error('message cannot be read', { answer: 'BYE' }, error);
    throw new Bye('message cannot be read', 'UNAVAILABLE');
  } finally {
    found.close();
  }
}

async function writeItems(reply: Reply, found: UrlMessage, text: string, items: AskedUrl['items']): Promise<void> {
  const parsed = parseImapUrl(text);
  if (!parsed.ok) throw new Error('a URL was opened that cannot be read');
  const isBinary = items.has('BINARY');
  const decoded = isBinary ? await decodedPieces(found, parsed.value) : undefined;
  const pieces = decoded ?? found.pieces;
  // Read twice rather than held in memory: the size comes before the octets.
  const measured = isBinary || items.has('BODYPARTSTRUCTURE') ? await measure(reply, pieces) : undefined;
  if (measured !== undefined && items.has('BODYPARTSTRUCTURE')) {
    const { section } = parsed.value;
    const body = printPartStructure(found.bodyStructure, section, measured, decoded !== undefined);
    reply.write(` (BODYPARTSTRUCTURE ${body ?? 'NIL'})`);
  }
  if (isBinary && decoded === undefined) reply.write(' (BINARY NIL)');
  else if (measured !== undefined && isBinary) await writeLiteral(reply, ' (BINARY ', pieces, measured);
  else if (items.has('BODY')) await writeLiteral(reply, ' (BODY ', pieces, { bytes: found.bytes, hasNul: false });
  else return;
  if (!reply.gone && (decoded !== undefined || !isBinary)) reply.write(')');
}

/** Without a transfer encoding; undefined where that is one that nobody knows. Headers and texts of messages have none. */
async function decodedPieces(found: UrlMessage, { section, partial }: ImapUrl): Promise<Pieces | undefined> {
  if (section.text !== undefined) return found.pieces;
  try {
    const part = await locateEncoded(found.reader, found.root, section.path);
    return part && (() => readDecoded(found.reader, part, partial));
  } catch (error) {
    if (error instanceof UnknownEncoding) return undefined;
    throw error;
  }
}

async function measure(reply: Reply, pieces: Pieces): Promise<Measured> {
  let bytes = 0;
  let lines = 0;
  let hasNul = false;
  for await (const piece of pieces()) {
    bytes += piece.length;
    hasNul ||= piece.includes(0);
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines++;
    const pause = reply.pause();
    if (pause !== undefined) await pause;
  }
  return { bytes, lines, hasNul };
}

/** RFC 5524 section 5: NUL needs literal8, all else is a literal. What is stored of BODY goes as it is. */
async function writeLiteral(
  reply: Reply,
  lead: string,
  pieces: Pieces,
  { bytes, hasNul }: Pick<Measured, 'bytes' | 'hasNul'>,
): Promise<void> {
  reply.write(`${lead}${hasNul ? '~' : ''}{${bytes}}\r\n`);
  for await (const piece of pieces()) {
    reply.write(piece);
    const pause = reply.pause();
    if (pause !== undefined) await pause;
    if (reply.gone) return;
  }
}
