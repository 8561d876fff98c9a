import { randomBytes } from 'node:crypto';
import { printAddress } from '../directory/address-text.ts';
import type { AddressParts, Directory } from '../directory/directory.ts';

/**
 * Gives each recipient its return path, printed. With `unique` each gets its own, `bob+ID@example.org`, so that a bounce
 * finds its message; a sender that the client made unique itself stays when there is one recipient. Where the domain knows
 * no separator, or there is no sender, nothing changes. spec/protocols.md section 1.8.
 */
export function chooseReturnPath(
  directory: Pick<Directory, 'tagAddress'>,
  sender: AddressParts | undefined,
  { unique, recipients }: { readonly unique: boolean; readonly recipients: number },
): () => string {
  if (sender === undefined) return () => '';
  const plain = printAddress(sender);
  if (!unique) return () => plain;
  return () => {
    const tagged = directory.tagAddress(sender, randomBytes(16).toString('base64url'));
    if (tagged === undefined || (tagged.hadTag && recipients === 1)) return plain;
    return printAddress(tagged.address);
  };
}
