import { hash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { fail, ok } from '../../base/result.ts';
import type { Result } from '../../base/result.ts';
import type { Header } from '../../mime/parse-header.ts';
import { chooseFields, relaxField } from './signed-fields.ts';
import type { SignedField } from './signed-fields.ts';

/** A private key whose public half is at `SELECTOR._domainkey.DOMAIN`. */
export interface DkimKey {
  readonly selector: string;
  /** RSA of at least 1024 bits (RFC 8301 section 3.2), or Ed25519 (RFC 8463). */
  readonly key: KeyObject;
}

export interface SignOptions {
  /** `d=`, in A-labels. */
  readonly domain: string;
  /** One signature for each. */
  readonly keys: readonly DkimKey[];
  /** `t=`, milliseconds. */
  readonly nowMs: number;
  /** `x=`: after this many seconds the signature no longer counts. */
  readonly lifetimeSeconds?: number;
}

export type SignFailure =
  /** RFC 6376 section 5.4: From must be signed. */
  | { readonly kind: 'no-from' }
  | { readonly kind: 'unusable-key'; readonly selector: string }
  | { readonly kind: 'signing-failed'; readonly selector: string; readonly error: Error };

const MIN_RSA_BITS = 1024;
const LINE = 76;

/**
 * The DKIM-Signature fields to put in front of a message, each with its CRLF; one for each key, or a failure: a message is
 * never half signed. `bodyHash` comes from `RelaxedBodyHash`. RSA works in a thread. RFC 6376 section 5, RFC 8463.
 */
export async function signMessage(
  header: Header,
  bodyHash: string,
  options: SignOptions,
): Promise<Result<string, SignFailure>> {
  if (!header.fields.some(({ name }) => name === 'from')) return fail({ kind: 'no-from' });
  const fields = chooseFields(header);
  const canonical = fields.map(({ name, field }) => (field ? `${relaxField(name, field.raw)}\r\n` : '')).join('');
  const signatures = await Promise.all(
    options.keys.map(async (key): Promise<Result<string, SignFailure>> => {
      const algorithm = algorithmOf(key.key);
      if (algorithm === undefined) return fail({ kind: 'unusable-key', selector: key.selector });
      const unsigned = printUnsigned(algorithm, key.selector, fields, bodyHash, options);
      // The signature covers its own field with an empty b=, without the last line end (section 3.7).
      const data = Buffer.from(canonical + relaxField('dkim-signature', unsigned), 'latin1');
      const signature = await signData(algorithm, data, key.key);
      if (!signature.ok) return fail({ kind: 'signing-failed', selector: key.selector, error: signature.error });
      return ok(`DKIM-Signature:${unsigned}${foldBase64(signature.value.toString('base64'), 'b='.length)}\r\n`);
    }),
  );
  let text = '';
  for (const signature of signatures) {
    if (!signature.ok) return signature;
    text += signature.value;
  }
  return ok(text);
}

type Algorithm = 'rsa-sha256' | 'ed25519-sha256';

function algorithmOf(key: KeyObject): Algorithm | undefined {
  if (key.type !== 'private') return undefined;
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519-sha256';
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return key.asymmetricKeyType === 'rsa' && bits >= MIN_RSA_BITS ? 'rsa-sha256' : undefined;
}

async function signData(algorithm: Algorithm, data: Buffer, key: KeyObject): Promise<Result<Buffer, Error>> {
  if (algorithm === 'rsa-sha256') {
    return new Promise((resolve) => {
      sign('sha256', data, key, (error, signature) => resolve(error === null ? ok(signature) : fail(error)));
    });
  }
  try {
    // Ed25519 signs the hash (RFC 8463 section 3). It takes 40 µs: less than the way to a thread and back.
    return ok(sign(null, hash('sha256', data, 'buffer'), key));
  } catch (error) {
    return fail(error instanceof Error ? error : new Error(String(error)));
  }
}

/** The field after its colon, up to and with `b=`. */
function printUnsigned(
  algorithm: Algorithm,
  selector: string,
  fields: readonly SignedField[],
  bodyHash: string,
  { domain, nowMs, lifetimeSeconds }: SignOptions,
): string {
  const time = Math.floor(nowMs / 1000);
  const until = lifetimeSeconds === undefined ? [] : [`x=${time + lifetimeSeconds};`];
  const lines = [
    ` v=1; a=${algorithm}; c=relaxed/relaxed;`,
    `d=${domain};`,
    [`s=${selector};`, `t=${time};`, ...until].join(' '),
    foldNames(fields.map(({ name }) => name)),
    `bh=${bodyHash};`,
    'b=',
  ];
  return lines.join('\r\n\t');
}

/** `h=`, folded after colons. */
function foldNames(names: readonly string[]): string {
  let text = 'h=';
  let column = text.length + 1;
  names.forEach((name, n) => {
    const piece = n < names.length - 1 ? `${name}:` : `${name};`;
    if (column + piece.length > LINE) {
      text += '\r\n\t';
      column = 1;
    }
    text += piece;
    column += piece.length;
  });
  return text;
}

function foldBase64(text: string, used: number): string {
  const first = LINE - 1 - used;
  const lines = [text.slice(0, first)];
  for (let at = first; at < text.length; at += LINE - 1) lines.push(text.slice(at, at + LINE - 1));
  return lines.join('\r\n\t');
}
