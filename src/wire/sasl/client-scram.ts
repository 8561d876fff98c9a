import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { prepareOpaqueString } from '../../base/opaque-string.ts';
import type { ClientBinding, SaslClientExchange } from './client-exchange.ts';
import { decodeSaslText } from './exchange.ts';
import { decodeSaslBase64, encodeSaslBase64 } from './sasl-base64.ts';
import type { ScramDigest } from './scram-verifier.ts';

export interface ClientScramOptions {
  readonly digest: ScramDigest;
  readonly login: string;
  readonly password: string;
  readonly authorizeAs?: string;
  /** With -PLUS: the binding is used. Without: that we have one tells a server that somebody hid its -PLUS (RFC 5802 section 6). */
  readonly plus: boolean;
  readonly binding: ClientBinding;
  /** For tests; otherwise 144 random bits. */
  readonly nonce?: string;
}

/** Fewer make guessing too cheap for who stands in for the server (RFC 7677 section 4); more let a server burn our time. */
export const scramIterations = { min: 4096, max: 1_000_000 } as const;

const maxMessageBytes = 4096;
const SERVER_FIRST = /^r=([\x21-\x2b\x2d-\x7e]{1,1024}),s=([A-Za-z0-9+/=]+),i=([1-9][0-9]{0,9})(?:,[A-Za-z]=[^,]+)*$/;
const SERVER_FINAL = /^v=([A-Za-z0-9+/=]+)(?:,[A-Za-z]=[^,]+)*$/;
const derive = promisify(pbkdf2);

/**
 * The client's side of SCRAM-SHA-1, SCRAM-SHA-256 and both -PLUS. The password never leaves, and the server has to prove
 * that it knows it too. PBKDF2 runs on Node's thread pool. RFC 5802 sections 3, 5 and 7; RFC 7677.
 */
export function clientScram(options: ClientScramOptions): SaslClientExchange {
  const { digest, plus, binding } = options;
  if (plus && !binding) throw new Error('SCRAM with -PLUS needs a channel binding');
  const flag = plus && binding ? `p=${binding.type}` : binding ? 'y' : 'n';
  const as =
    options.authorizeAs === undefined || options.authorizeAs === '' ? '' : `a=${saslName(options.authorizeAs)}`;
  const header = `${flag},${as},`;
  const nonce = options.nonce ?? randomBytes(18).toString('base64');
  const bare = `n=${saslName(options.login)},r=${nonce}`;
  let expected: Buffer | undefined;
  let state: 'first' | 'final' | 'proven' | 'failed' = 'first';

  async function answerFirst(text: string): Promise<Uint8Array | undefined> {
    const first = readServerFirst(text, nonce);
    if (!first) return undefined;
    const salted = await derive(
      preparePassword(options.password),
      first.salt,
      first.iterations,
      digest === 'sha1' ? 20 : 32,
      digest,
    );
    const bound = Buffer.concat([Buffer.from(header), plus && binding ? binding.octets : Buffer.alloc(0)]);
    const withoutProof = `c=${encodeSaslBase64(bound)},r=${first.nonce}`;
    const message = `${bare},${text},${withoutProof}`;
    const clientKey = hmac(digest, salted, 'Client Key');
    const signature = hmac(digest, createHash(digest).update(clientKey).digest(), message);
    expected = hmac(digest, hmac(digest, salted, 'Server Key'), message);
    const proof = clientKey.map((octet, at) => octet ^ (signature[at] ?? 0));
    return Buffer.from(`${withoutProof},p=${encodeSaslBase64(proof)}`);
  }

  async function respond(challenge: Uint8Array): Promise<Uint8Array | undefined> {
    const text = decodeSaslText(challenge, maxMessageBytes);
    if (text !== undefined && state === 'first') {
      const answer = await answerFirst(text);
      state = answer ? 'final' : 'failed';
      return answer;
    }
    state = text !== undefined && state === 'final' && isSignature(text, expected) ? 'proven' : 'failed';
    return state === 'proven' ? new Uint8Array(0) : undefined;
  }

  return {
    mechanism: `SCRAM-${digest === 'sha1' ? 'SHA-1' : 'SHA-256'}${plus ? '-PLUS' : ''}`,
    initial: Buffer.from(header + bare),
    respond,
    get isComplete() {
      return state === 'proven';
    },
  };
}

function readServerFirst(text: string, ours: string) {
  const [, nonce, s, i] = SERVER_FIRST.exec(text) ?? [];
  const salt = s === undefined ? undefined : decodeSaslBase64(s);
  const iterations = Number(i);
  if (nonce === undefined || !nonce.startsWith(ours) || nonce.length === ours.length || !salt?.ok) return undefined;
  if (!(iterations >= scramIterations.min && iterations <= scramIterations.max)) return undefined;
  return { nonce, salt: salt.value, iterations };
}

function isSignature(text: string, expected: Buffer | undefined): boolean {
  const [, v] = SERVER_FINAL.exec(text) ?? [];
  const got = v === undefined ? undefined : decodeSaslBase64(v);
  return got?.ok === true && expected?.length === got.value.length && timingSafeEqual(expected, got.value);
}

function hmac(digest: ScramDigest, key: Uint8Array, text: string): Buffer {
  return createHmac(digest, key).update(text).digest();
}

/** As servers keep it, ours among them; what the profile does not allow is left to the server to refuse. RFC 8265 section 4.2. */
function preparePassword(password: string): string {
  const prepared = prepareOpaqueString(password);
  return prepared.ok ? prepared.value : password;
}

/** RFC 5802 section 5.1; composed and decomposed letters are one, as in addresses and by RFC 8265 section 3.4. */
function saslName(text: string): string {
  return text.normalize('NFC').replaceAll('=', '=3D').replaceAll(',', '=2C');
}
