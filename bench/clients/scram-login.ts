/** SCRAM-SHA-256 and SCRAM-SHA-1 for measuring: the slow derivation of the password is done once, as good clients do. */
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { ImapClient } from './imap-client.ts';

export class ScramLogin {
  readonly #digest: 'sha1' | 'sha256';
  readonly #user: string;
  readonly #password: string;
  readonly #salted = new Map<string, { readonly clientKey: Buffer; readonly storedKey: Buffer }>();

  constructor(digest: 'sha1' | 'sha256', user: string, password: string) {
    this.#digest = digest;
    this.#user = user;
    this.#password = password;
  }

  async on(client: ImapClient): Promise<void> {
    const bare = `n=${this.#user},r=0123456789abcdef`;
    let step = 0;
    const name = this.#digest === 'sha1' ? 'SCRAM-SHA-1' : 'SCRAM-SHA-256';
    await client.authenticate(`${name} ${encode(`n,,${bare}`)}`, (challenge) =>
      step++ === 0 ? this.#prove(bare, Buffer.from(challenge, 'base64').toString()) : '',
    );
  }

  #prove(bare: string, first: string): string {
    const [, nonce = '', salt = '', iterations = ''] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(first) ?? [];
    const { clientKey, storedKey } = this.#keys(salt, Number(iterations));
    const withoutProof = `c=biws,r=${nonce}`;
    const signature = createHmac(this.#digest, storedKey).update(`${bare},${first},${withoutProof}`).digest();
    const proof = clientKey.map((octet, at) => octet ^ (signature[at] ?? 0));
    return encode(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
  }

  #keys(salt: string, iterations: number) {
    const known = this.#salted.get(salt);
    if (known) return known;
    const bytes = this.#digest === 'sha1' ? 20 : 32;
    const salted = pbkdf2Sync(this.#password, Buffer.from(salt, 'base64'), iterations, bytes, this.#digest);
    const clientKey = createHmac(this.#digest, salted).update('Client Key').digest();
    const keys = { clientKey, storedKey: createHash(this.#digest).update(clientKey).digest() };
    this.#salted.set(salt, keys);
    return keys;
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
