import { MessageScanner } from '../mime/scan-message.ts';
import { UnfitFinder } from '../mime/seven-bit/find-unfit.ts';
import { listLeaves } from '../mime/seven-bit/list-leaves.ts';
import { SevenBitEncoder } from '../mime/seven-bit/seven-bit-encoder.ts';
import { readWhole } from './message-content.ts';
import type { MessageSource } from './message-content.ts';

/**
 * A message encoded anew for a host without 8BITMIME (RFC 6152 section 3); undefined when a part that needs it is signed or
 * encrypted as it stands. It is read three times, so that memory stays bounded: for its structure, for what is unfit in
 * each part, and to be sent. A DKIM signature over the body does not survive; nobody but the sender could make another.
 */
export async function toSevenBit(source: MessageSource): Promise<AsyncIterable<Uint8Array> | undefined> {
  const scanner = new MessageScanner();
  for await (const chunk of readWhole(source)) scanner.write(chunk);
  const root = scanner.end();
  const leaves = listLeaves(root);
  const finder = new UnfitFinder(leaves);
  for await (const chunk of readWhole(source)) finder.push(chunk);
  const unfit = finder.end();
  if (leaves.some(({ part, isSealed }) => isSealed && unfit.has(part))) return undefined;
  return encoded(source, new SevenBitEncoder(root, unfit));
}

async function* encoded(source: MessageSource, encoder: SevenBitEncoder): AsyncGenerator<Uint8Array> {
  for await (const chunk of readWhole(source)) yield* encoder.push(chunk);
  yield* encoder.end();
}
