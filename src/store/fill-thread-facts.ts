import { MessageScanner } from '../mime/scan-message.ts';
import { readThreadNames } from '../mime/thread-names.ts';
import { parsePartMap } from '../mime/part-map.ts';
import type { BlobStore } from './blob-store.ts';
import type { Engine } from './engine.ts';
import type { AccountId, EmailId } from './ids.ts';
import type { MessageReader } from './message-reader.ts';
import { openMessages } from './open-message.ts';
import { packThreadFacts } from './thread-facts.ts';

/** Octets of a header in which names are looked for. */
const maxHeaderBytes = 256 * 1024;
/** Messages that are in memory at a time. */
const messagesPerRead = 50;

/** What threads are made of, out of the octets of a message as received (or its beginning, with the whole header). */
export function threadFactsOf(octets: Uint8Array): Uint8Array {
  return packThreadFacts(readThreadNames(new MessageScanner().end(octets).header));
}

/**
 * What threads are made of, of messages that were stored before this was kept; by email id, without those that are gone.
 * Kept from now on: writing it is not waited for, and a failure only means that it is done again.
 */
export async function fillThreadFacts(
  engine: Engine,
  blobs: BlobStore,
  accountId: AccountId,
  emailIds: readonly EmailId[],
): Promise<ReadonlyMap<EmailId, Uint8Array>> {
  const found = new Map<EmailId, Uint8Array>();
  for (let at = 0; at < emailIds.length; at += messagesPerRead) {
    const some = emailIds.slice(at, at + messagesPerRead);
    const readers = await openMessages(engine, blobs, accountId, some);
    for (const [i, reader] of readers.entries()) {
      const emailId = some[i];
      if (reader !== undefined && emailId !== undefined) found.set(emailId, await factsOf(reader));
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const facts = Array.from(found, ([emailId, threading]) => ({ emailId, threading }));
  if (facts.length > 0) engine.write('setThreadFacts', { facts }).catch(() => undefined);
  return found;
}

async function factsOf(reader: MessageReader): Promise<Uint8Array> {
  try {
    const root = parsePartMap(reader.partMap);
    const end = root.ok ? root.value.bodyStart : maxHeaderBytes;
    return threadFactsOf(await reader.read(0, Math.min(end, maxHeaderBytes)));
  } finally {
    reader.close();
  }
}
