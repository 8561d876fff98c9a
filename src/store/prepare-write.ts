import type { BlobStore } from './blob-store.ts';
import type { PreparedAppend } from './operations/append.ts';
import { prepareFile, prepareOctets } from './prepare-message.ts';
import type { AppendMessage } from './store.ts';

/** Messages in memory are prepared at once. Undefined when one lies in a file: then `prepareSpooled` must be used. */
export function prepareInMemory(messages: readonly AppendMessage[]): PreparedAppend[] | undefined {
  const prepared: PreparedAppend[] = [];
  for (const { message, targets } of messages) {
    if (message.kind === 'file') return undefined;
    prepared.push({ message: prepareOctets(message.octets), targets });
  }
  return prepared;
}

/** Messages of which some lie in files: their octets are durable in the blob store when this resolves. */
export async function prepareSpooled(messages: readonly AppendMessage[], blobs: BlobStore): Promise<PreparedAppend[]> {
  const prepared: PreparedAppend[] = [];
  for (const { message, targets } of messages) {
    if (message.kind === 'octets') {
      prepared.push({ message: prepareOctets(message.octets), targets });
      continue;
    }
    const described = await prepareFile(message);
    await blobs.putFile(Buffer.from(described.hash).toString('hex'), message.path);
    prepared.push({ message: described, targets });
  }
  return prepared;
}
