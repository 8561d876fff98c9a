import { createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';

const generate = promisify(generateKeyPair);

/** RFC 8301 section 3.2 and RFC 8463. Longer RSA keys do not fit into one answer of many name servers. */
export const dkimAlgorithms = ['rsa-2048', 'ed25519'] as const;
export type DkimAlgorithm = (typeof dkimAlgorithms)[number];

/** A key that was made and has no selector yet. */
export interface MadeDkimKey {
  readonly algorithm: DkimAlgorithm;
  /** base64 of PKCS#8 in DER. */
  readonly privateKey: string;
}

/** New keys, one for each algorithm, made in threads of their own: RSA takes a tenth of a second and more. */
export function makeDkimKeys(algorithms: readonly DkimAlgorithm[]): Promise<readonly MadeDkimKey[]> {
  return Promise.all(
    algorithms.map(async (algorithm) => {
      const { privateKey } =
        algorithm === 'ed25519' ? await generate('ed25519', {}) : await generate('rsa', { modulusLength: 2048 });
      const der = privateKey.export({ type: 'pkcs8', format: 'der' });
      return { algorithm, privateKey: der.toString('base64') };
    }),
  );
}

/** A private key as it is kept; fails with a text when it is none of that algorithm. */
export function readDkimKey(algorithm: DkimAlgorithm, privateKey: string): Result<KeyObject, string> {
  const expected = `a private key of ${algorithm} (base64 of PKCS#8) is expected`;
  try {
    const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), type: 'pkcs8', format: 'der' });
    return isOf(algorithm, key) ? ok(key) : fail(expected);
  } catch {
    return fail(expected);
  }
}

function isOf(algorithm: DkimAlgorithm, key: KeyObject): boolean {
  if (algorithm === 'ed25519') return key.asymmetricKeyType === 'ed25519';
  return key.asymmetricKeyType === 'rsa' && key.asymmetricKeyDetails?.modulusLength === 2048;
}

/** base64 of the SubjectPublicKeyInfo of a private key, which anybody may see; '' when the key cannot be read. */
export function publicHalf(algorithm: DkimAlgorithm, privateKey: string): string {
  const key = readDkimKey(algorithm, privateKey);
  return key.ok ? createPublicKey(key.value).export({ type: 'spki', format: 'der' }).toString('base64') : '';
}
