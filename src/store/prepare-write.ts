import type { BlobStore } from './blob-store.ts';
import { prepareFile, prepareOctets, type PreparedMessage } from './prepare-message.ts';
import type { Spooled } from './spool.ts';

/** A message that a write brings, with what is to be done with it. */
export interface WithSpooled {
  readonly message: Spooled;
}
export type Prepared<Each extends WithSpooled> = Omit<Each, 'message'> & { readonly message: PreparedMessage };

/** Messages in memory are prepared at once. Undefined when one lies in a file: then `prepareSpooled` must be used. */
export function prepareInMemory<Each extends WithSpooled>(messages: readonly Each[]): Prepared<Each>[] | undefined {
  const prepared: Prepared<Each>[] = [];
  for (const each of messages) {
    const { message } = each;
    if (message.kind === 'file') return undefined;
    prepared.push({ ...each, message: prepareOctets(message.octets) });
  }
  return prepared;
}

/** Messages of which some lie in files: their octets are durable in the blob store when this resolves. */
export async function prepareSpooled<Each extends WithSpooled>(
  messages: readonly Each[],
  blobs: BlobStore,
): Promise<Prepared<Each>[]> {
  const prepared: Prepared<Each>[] = [];
  for (const each of messages) {
    const { message } = each;
    if (message.kind === 'octets') {
      prepared.push({ ...each, message: prepareOctets(message.octets) });
      continue;
    }
    const described = await prepareFile(message);
    await blobs.putFile(Buffer.from(described.hash).toString('hex'), message.path);
    prepared.push({ ...each, message: described });
  }
  return prepared;
}
