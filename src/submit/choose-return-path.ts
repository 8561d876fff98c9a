import { randomBytes } from 'node:crypto';
import { printAddress } from '../directory/address-text.ts';
import type { AddressParts, Directory } from '../directory/directory.ts';

export interface ReturnPath {
  readonly returnPath: string;
  /** For one recipient of one message; a client that makes its own may use one twice. */
  readonly ownReturnPath: boolean;
}

/**
 * Gives each recipient its return path, printed. With `unique` each gets its own, `bob+ID@example.org`, so that a bounce
 * finds its message; a sender that the client made unique itself stays when there is one recipient. Where the domain knows
 * no separator, or there is no sender, nothing changes. spec/protocols.md section 1.8.
 */
export function chooseReturnPath(
  directory: Pick<Directory, 'tagAddress'>,
  sender: AddressParts | undefined,
  { unique, recipients }: { readonly unique: boolean; readonly recipients: number },
): () => ReturnPath {
  if (sender === undefined) return () => ({ returnPath: '', ownReturnPath: false });
  const plain = { returnPath: printAddress(sender), ownReturnPath: false };
  if (!unique) return () => plain;
  return () => {
    const tagged = directory.tagAddress(sender, randomBytes(16).toString('base64url'));
    if (tagged === undefined) return plain;
    if (tagged.hadTag && recipients === 1) return { ...plain, ownReturnPath: true };
    return { returnPath: printAddress(tagged.address), ownReturnPath: true };
  };
}
