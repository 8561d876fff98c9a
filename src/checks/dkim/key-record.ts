import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Octets in front of the key in the DER of an Ed25519 SubjectPublicKeyInfo (RFC 8410 section 4). */
const ED25519_PREFIX = 12;

/**
 * The text of the TXT record at `SELECTOR._domainkey.DOMAIN` for a private or public key; undefined for a kind of key that
 * DKIM does not know. RFC 6376 section 3.6.1, RFC 8463 section 4: Ed25519 without the wrapping of ASN.1.
 */
export function printKeyRecord(key: KeyObject): string | undefined {
  const type = key.asymmetricKeyType;
  if (type !== 'rsa' && type !== 'ed25519') return undefined;
  const half = key.type === 'private' ? createPublicKey(key) : key;
  const der = half.export({ type: 'spki', format: 'der' });
  const octets = type === 'rsa' ? der : der.subarray(ED25519_PREFIX);
  return `v=DKIM1; ${type === 'rsa' ? 'h=sha256; k=rsa' : 'k=ed25519'}; p=${octets.toString('base64')}`;
}
