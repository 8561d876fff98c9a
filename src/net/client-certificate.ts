import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { bitString, certificatePem, commonName, der, integer, objectIdentifier, sequence, time } from './der.ts';

const ed25519 = sequence(objectIdentifier('1.3.101.112'));
/** PrivateKeyInfo up to the seed. RFC 8410 section 7. */
const privateKeyHead = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * A certificate for an Ed25519 key given as its seed of 32 octets (RFC 8032 section 5.1.5), signed by itself: for servers that
 * know the key and ask for no authority. The same seed always gives the same certificate; it has no end (RFC 5280 section
 * 4.1.2.5). @throws RangeError when the seed has another length
 */
export function ed25519Certificate(seed: Uint8Array): { readonly certPem: string; readonly keyPem: string } {
  if (seed.length !== 32) throw new RangeError('the seed of an Ed25519 key has 32 octets');
  const key = createPrivateKey({ key: Buffer.concat([privateKeyHead, seed]), format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const name = commonName('posthorn client');
  const certificate = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(createHash('sha256').update(spki).digest().subarray(0, 16)),
    ed25519,
    name,
    sequence(time(new Date('2000-01-01T00:00:00Z')), time(new Date('9999-12-31T23:59:59Z'))),
    name,
    spki,
  );
  const whole = sequence(certificate, ed25519, bitString(sign(null, certificate, key)));
  return {
    certPem: certificatePem(whole),
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }),
  };
}
