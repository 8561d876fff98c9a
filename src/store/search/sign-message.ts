import type { BlobStore } from '../blob-store.ts';
import { readFoldedText, type StoredText } from './message-text.ts';
import type { SignedMessage } from './signature-block.ts';
import { MessageSigner, unknownSignature } from './trigram-signature.ts';

/** The signatures of a message. One that cannot be read may hold anything. */
export async function signMessage(id: number, stored: StoredText, blobs: BlobStore): Promise<SignedMessage> {
  try {
    const signer = new MessageSigner();
    await readFoldedText(stored, blobs, signer);
    return { id, ...signer.finish() };
  } catch {
    // `verify` reports blobs that are missing or damaged; a search must not stop at one.
    return { id, header: unknownSignature, text: unknownSignature };
  }
}
