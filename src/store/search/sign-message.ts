import type { BlobStore } from '../blob-store.ts';
import type { SqlRow } from '../sql/statement.ts';
import { readFoldedText } from './message-text.ts';
import type { SignedMessage } from './signature-block.ts';
import { MessageSigner, unknownSignature } from './trigram-signature.ts';

/** The signatures of a message whose row has the columns of `messageTextColumns`. One that cannot be read may hold anything. */
export async function signMessage(id: number, row: SqlRow, blobs: BlobStore): Promise<SignedMessage> {
  try {
    const signer = new MessageSigner();
    await readFoldedText(row, blobs, signer);
    return { id, ...signer.finish() };
  } catch {
    // `verify` reports blobs that are missing or damaged; a search must not stop at one.
    return { id, header: unknownSignature, text: unknownSignature };
  }
}
