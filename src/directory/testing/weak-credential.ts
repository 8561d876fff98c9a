import { argon2Sync, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

import { newScramSalts } from '../passwords/credential.ts';
import type { Credential, KeptScram, ScramSalts } from '../passwords/credential.ts';

/** As it might have been made years ago: the hash with a quarter of the memory, SCRAM with so many iterations. */
export function weakCredential(password: string, iterations = 4096, salts: ScramSalts = newScramSalts()): Credential {
  const salt = randomBytes(16);
  const parameters = { memoryKib: 4864, passes: 2, parallelism: 1 };
  const { memoryKib: memory, ...more } = parameters;
  const hash = argon2Sync('argon2id', { message: password, nonce: salt, tagLength: 32, memory, ...more });
  return {
    argon2id: { salt: salt.toString('base64'), ...parameters, hash: hash.toString('base64') },
    scramSha256: verifierOf(password, 'sha256', salts.sha256, iterations),
    scramSha1: verifierOf(password, 'sha1', salts.sha1, iterations),
  };
}

function verifierOf(password: string, digest: 'sha1' | 'sha256', salt: string, iterations: number): KeptScram {
  const bytes = digest === 'sha1' ? 20 : 32;
  const salted = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, bytes, digest);
  const clientKey = createHmac(digest, salted).update('Client Key').digest();
  return {
    salt,
    iterations,
    storedKey: createHash(digest).update(clientKey).digest('base64'),
    serverKey: createHmac(digest, salted).update('Server Key').digest('base64'),
  };
}
