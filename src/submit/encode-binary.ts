import { isAscii } from 'node:buffer';
import { MessageScanner } from '../mime/scan-message.ts';
import { UnfitFinder } from '../mime/seven-bit/find-unfit.ts';
import { listLeaves } from '../mime/seven-bit/list-leaves.ts';
import { SevenBitEncoder } from '../mime/seven-bit/seven-bit-encoder.ts';
import { readSpooled } from '../store/read-spooled.ts';
import type { Spool, Spooled } from '../store/spool.ts';
import { OutgoingBody } from './outgoing-body.ts';
import type { FinishedBody, MessageOrigin } from './outgoing-body.ts';

/**
 * A message that few transports carry as it is (`binary`: lines over 998 octets, NUL) as 7-bit text, in a spool of its own, so
 * that nobody on the way must encode it and break its signature (RFC 6376 section 5.3). It is read three times, so that memory
 * stays bounded. Undefined: it stays as it is, since a part is signed or encrypted as it stands, or its header is UTF-8.
 */
export async function encodeBinary(
  { content, header }: FinishedBody,
  newSpool: () => Spool,
  origin: MessageOrigin,
): Promise<FinishedBody | undefined> {
  if (!isAscii(Buffer.from(header.text, 'latin1'))) return undefined;
  const encoder = await planEncoding(content);
  if (encoder === undefined) return undefined;
  const body = new OutgoingBody(newSpool(), origin);
  try {
    for await (const piece of readSpooled(content)) for (const each of encoder.push(piece)) await body.write(each);
    for (const each of encoder.end()) await body.write(each);
    return await body.finish();
  } catch (error) {
    await body.discard();
    throw error;
  }
}

async function planEncoding(content: Spooled): Promise<SevenBitEncoder | undefined> {
  const scanner = new MessageScanner();
  for await (const piece of readSpooled(content)) scanner.write(piece);
  const root = scanner.end();
  const leaves = listLeaves(root);
  const finder = new UnfitFinder(leaves);
  for await (const piece of readSpooled(content)) finder.push(piece);
  const unfit = finder.end();
  const isStuck = unfit.size === 0 || leaves.some(({ part, isSealed }) => isSealed && unfit.has(part));
  return isStuck ? undefined : new SevenBitEncoder(root, unfit);
}
