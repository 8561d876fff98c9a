import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

import { der, integer, objectIdentifier, octetString, sequence, set } from '../../net/der.ts';

export interface Pkcs12Contents {
  /** DER. */
  readonly certificate: Uint8Array;
  /** PKCS #8, DER. */
  readonly privateKey: Uint8Array;
  /** What programs show. */
  readonly name: string;
  readonly password: string;
  /**
   * `modern`: AES-256 and SHA-256, read by OpenSSL, current Android, Windows and Apple systems. `legacy`: Triple DES and SHA-1, for
   * systems that know no better (macOS and iOS until about 2024, Android until about 2020).
   */
  readonly protection: 'modern' | 'legacy';
}

const oid = {
  data: objectIdentifier('1.2.840.113549.1.7.1'),
  encryptedData: objectIdentifier('1.2.840.113549.1.7.6'),
  keyBag: objectIdentifier('1.2.840.113549.1.12.10.1.2'),
  certificateBag: objectIdentifier('1.2.840.113549.1.12.10.1.3'),
  x509Certificate: objectIdentifier('1.2.840.113549.1.9.22.1'),
  friendlyName: objectIdentifier('1.2.840.113549.1.9.20'),
  localKeyId: objectIdentifier('1.2.840.113549.1.9.21'),
  pbes2: objectIdentifier('1.2.840.113549.1.5.13'),
  pbkdf2: objectIdentifier('1.2.840.113549.1.5.12'),
  hmacSha256: objectIdentifier('1.2.840.113549.2.9'),
  aes256Cbc: objectIdentifier('2.16.840.1.101.3.4.1.42'),
  tripleDes: objectIdentifier('1.2.840.113549.1.12.1.3'),
  sha256: objectIdentifier('2.16.840.1.101.3.4.2.1'),
  sha1: objectIdentifier('1.3.14.3.2.26'),
} as const;
const NULL = der(0x05);
/** The password is one that was made at random; more would only make phones slow. */
const iterations = 10_000;

/** A key with its certificate in one file with a password, as phones and mail programs import it. RFC 7292. */
export function printPkcs12(contents: Pkcs12Contents): Buffer {
  const { certificate, privateKey, name, password, protection } = contents;
  const attributes = bagAttributes(name, certificate);
  const certificateBag = sequence(
    oid.certificateBag,
    explicit(sequence(oid.x509Certificate, explicit(octetString(certificate)))),
    attributes,
  );
  const encrypt = protection === 'modern' ? encryptAes : encryptTripleDes;
  const [keyAlgorithm, key] = encrypt(privateKey, password);
  const keyBag = sequence(oid.keyBag, explicit(sequence(keyAlgorithm, octetString(key))), attributes);
  const [algorithm, encrypted] = encrypt(sequence(certificateBag), password);
  const authenticated = sequence(
    sequence(oid.encryptedData, explicit(sequence(number(0), sequence(oid.data, algorithm, der(0x80, encrypted))))),
    sequence(oid.data, explicit(octetString(sequence(keyBag)))),
  );
  return sequence(
    number(3),
    sequence(oid.data, explicit(octetString(authenticated))),
    macData(authenticated, password, protection === 'modern' ? 'sha256' : 'sha1'),
  );
}

function explicit(content: Uint8Array): Buffer {
  return der(0xa0, content);
}

function number(value: number): Buffer {
  return integer(Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]));
}

/** Names the pair, and tells which certificate goes with which key. RFC 7292 section 4.2. */
function bagAttributes(name: string, certificate: Uint8Array): Buffer {
  const keyId = createHash('sha1').update(certificate).digest();
  return set(
    sequence(oid.friendlyName, set(der(0x1e, bmpString(name)))),
    sequence(oid.localKeyId, set(octetString(keyId))),
  );
}

type Encrypted = readonly [algorithm: Buffer, encrypted: Buffer];

/** PBES2 with PBKDF2 (HMAC-SHA-256) and AES-256-CBC. RFC 8018 section 6.2. */
function encryptAes(octets: Uint8Array, password: string): Encrypted {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const key = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const derivation = sequence(octetString(salt), number(iterations), sequence(oid.hmacSha256, NULL));
  const algorithm = sequence(
    oid.pbes2,
    sequence(sequence(oid.pbkdf2, derivation), sequence(oid.aes256Cbc, octetString(iv))),
  );
  return [algorithm, encipher('aes-256-cbc', key, iv, octets)];
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC. RFC 7292 appendix C. */
function encryptTripleDes(octets: Uint8Array, password: string): Encrypted {
  const salt = randomBytes(16);
  const key = deriveKey('sha1', password, salt, { purpose: 1, bytes: 24 });
  const iv = deriveKey('sha1', password, salt, { purpose: 2, bytes: 8 });
  const algorithm = sequence(oid.tripleDes, sequence(octetString(salt), number(iterations)));
  return [algorithm, encipher('des-ede3-cbc', key, iv, octets)];
}

function encipher(cipher: string, key: Uint8Array, iv: Uint8Array, octets: Uint8Array): Buffer {
  const making = createCipheriv(cipher, key, iv);
  return Buffer.concat([making.update(octets), making.final()]);
}

/** RFC 7292 section 5.1, step 5. */
function macData(authenticated: Uint8Array, password: string, digest: 'sha1' | 'sha256'): Buffer {
  const salt = randomBytes(16);
  const key = deriveKey(digest, password, salt, { purpose: 3, bytes: digest === 'sha1' ? 20 : 32 });
  const mac = createHmac(digest, key).update(authenticated).digest();
  return sequence(sequence(sequence(oid[digest], NULL), octetString(mac)), octetString(salt), number(iterations));
}

/** Octets that a hash takes at once; the same for SHA-1 and SHA-256. */
const blockBytes = 64;

/** Keys (1), initialisation vectors (2) and keys of the MAC (3) out of a password. RFC 7292 appendix B.2. */
export function deriveKey(
  digest: 'sha1' | 'sha256',
  password: string,
  salt: Uint8Array,
  {
    purpose,
    bytes,
    rounds = iterations,
  }: { readonly purpose: 1 | 2 | 3; readonly bytes: number; readonly rounds?: number },
): Buffer {
  const diversifier = Buffer.alloc(blockBytes, purpose);
  const input = Buffer.concat([repeated(salt), repeated(Buffer.concat([bmpString(password), Buffer.alloc(2)]))]);
  const made: Buffer[] = [];
  for (let length = 0; length < bytes;) {
    let hash = createHash(digest).update(diversifier).update(input).digest();
    for (let round = 1; round < rounds; round++) hash = createHash(digest).update(hash).digest();
    made.push(hash);
    length += hash.length;
    addToBlocks(input, hash);
  }
  return Buffer.concat(made).subarray(0, bytes);
}

/** Copies of it, until a whole number of blocks is full. */
function repeated(octets: Uint8Array): Buffer {
  return Buffer.alloc(blockBytes * Math.ceil(octets.length / blockBytes), octets);
}

/** To each block, as a number, the hash repeated to a block, and one. */
function addToBlocks(blocks: Buffer, hash: Uint8Array): void {
  const addend = Buffer.alloc(blockBytes, hash);
  for (let start = 0; start < blocks.length; start += blockBytes) {
    let carry = 1;
    for (let at = blockBytes - 1; at >= 0; at--) {
      const sum = (blocks[start + at] ?? 0) + (addend[at] ?? 0) + carry;
      blocks[start + at] = sum & 0xff;
      carry = sum >>> 8;
    }
  }
}

/** UTF-16, big-endian. */
function bmpString(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}
