import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { ScramVerifier } from './directory.ts';

export type Digest = 'sha1' | 'sha256';

const hmac = (digest: Digest, key: Uint8Array, text: string) => createHmac(digest, key).update(text).digest();

/** What a server keeps of a password, and the key of the client. RFC 5802 section 3. */
export function deriveScram(digest: Digest, password: string, salt: Uint8Array, iterations: number) {
  const salted = pbkdf2Sync(password, salt, iterations, digest === 'sha1' ? 20 : 32, digest);
  const clientKey = hmac(digest, salted, 'Client Key');
  const storedKey = createHash(digest).update(clientKey).digest();
  const verifier: ScramVerifier = { salt, iterations, storedKey, serverKey: hmac(digest, salted, 'Server Key') };
  return { verifier, clientKey };
}

export interface ScramClientOptions {
  readonly digest: Digest;
  readonly login: string;
  readonly password: string;
  /** The channel binding, for -PLUS. */
  readonly binding?: Uint8Array;
  readonly authorizeAs?: string;
}

/** The client's side of SCRAM, written apart from the server's. Messages are in base64. RFC 5802 section 5. */
export function scramClient({ digest, login, password, binding, authorizeAs }: ScramClientOptions) {
  const header = `${binding === undefined ? 'n' : 'p=tls-exporter'},${authorizeAs === undefined ? '' : `a=${authorizeAs}`},`;
  const bare = `n=${login.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=0123456789abcdef`;
  let serverKey: Uint8Array = new Uint8Array(0);
  let message = '';
  return {
    first: encode(header + bare),
    final(challenge: string): string {
      const serverFirst = Buffer.from(challenge, 'base64').toString();
      const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(serverFirst) ?? [];
      const { verifier, clientKey } = deriveScram(digest, password, Buffer.from(salt, 'base64'), Number(iterations));
      const c = Buffer.concat([Buffer.from(header), binding ?? Buffer.alloc(0)]).toString('base64');
      message = `${bare},${serverFirst},c=${c},r=${nonce}`;
      serverKey = verifier.serverKey;
      const signature = hmac(digest, verifier.storedKey, message);
      const proof = Buffer.from(clientKey.map((octet, at) => octet ^ (signature[at] ?? 0))).toString('base64');
      return encode(`c=${c},r=${nonce},p=${proof}`);
    },
    /** Does the server know the password too? */
    isServerProof: (challenge: string) =>
      Buffer.from(challenge, 'base64').toString() === `v=${hmac(digest, serverKey, message).toString('base64')}`,
  };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
