import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

import {
  bitString,
  boolean,
  certificatePem,
  commonName,
  der,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  time,
} from '../../net/der.ts';

/** A certificate and its private key, PEM. */
export interface CertificatePair {
  readonly certPem: string;
  readonly keyPem: string;
}

const years = 10;
/** Of extended key usage. RFC 5280 section 4.2.1.12. */
const serverAuth = objectIdentifier('1.3.6.1.5.5.7.3.1');
const clientAuth = objectIdentifier('1.3.6.1.5.5.7.3.2');

/** The kinds of keys that are made: NIST P-256, which everything knows, or Ed25519 (RFC 8410). */
export type ClientKeyType = 'ecdsa' | 'ed25519';
const signatureAlgorithms = {
  ecdsa: sequence(objectIdentifier('1.2.840.10045.4.3.2')),
  ed25519: sequence(objectIdentifier('1.3.101.112')),
} as const;

/**
 * A certificate for these names (host names or IP addresses) on a new ECDSA P-256 key, signed by itself, valid for ten
 * years (RFC 5280). Not a CA: a client that trusts it trusts this server and nothing more.
 */
export function selfSignedCertificate(names: readonly [string, ...string[]], now: Date): CertificatePair {
  return makeCertificate({ commonName: names[0], purpose: serverAuth, names: names.map(alternativeName) }, now);
}

/** The same for a client that logs in with its key as this address; only the key matters to us. */
export function clientCertificate(address: string, now: Date, type: ClientKeyType = 'ecdsa'): CertificatePair {
  // rfc822Name is ASCII (RFC 5280 section 4.2.1.6).
  const names = /^[\x21-\x7e]+$/.test(address) ? [der(0x81, Buffer.from(address))] : [];
  return makeCertificate({ commonName: address, purpose: clientAuth, names }, now, type);
}

interface Subject {
  readonly commonName: string;
  readonly purpose: Buffer;
  /** Each a GeneralName. */
  readonly names: readonly Buffer[];
}

function makeCertificate(subject: Subject, now: Date, type: ClientKeyType = 'ecdsa'): CertificatePair {
  const { privateKey, publicKey } =
    type === 'ecdsa' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  const algorithm = signatureAlgorithms[type];
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const name = commonName(subject.commonName.slice(0, 64));
  const until = new Date(now);
  until.setUTCFullYear(now.getUTCFullYear() + years);
  // An hour back, for clients whose clock is late.
  const from = new Date(now.getTime() - 3_600_000);
  const certificate = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(15)])),
    algorithm,
    name,
    sequence(time(from), time(until)),
    name,
    spki,
    der(0xa3, sequence(...extensions(subject, publicKeyBits(spki, type)))),
  );
  // Ed25519 brings its own hash (RFC 8032).
  const signature = sign(type === 'ecdsa' ? 'sha256' : null, certificate, privateKey);
  const whole = sequence(certificate, algorithm, bitString(signature));
  return { certPem: certificatePem(whole), keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
}

/** RFC 5280 section 4.2. */
function extensions({ purpose, names }: Subject, keyBits: Uint8Array): readonly Buffer[] {
  const keyId = createHash('sha1').update(keyBits).digest();
  const digitalSignature = bitString(Buffer.from([0x80]), 7);
  return [
    extension('2.5.29.19', true, sequence()),
    extension('2.5.29.15', true, digitalSignature),
    extension('2.5.29.37', false, sequence(purpose)),
    ...(names.length > 0 ? [extension('2.5.29.17', false, sequence(...names))] : []),
    extension('2.5.29.14', false, octetString(keyId)),
    extension('2.5.29.35', false, sequence(der(0x80, keyId))),
  ];
}

function extension(id: string, critical: boolean, value: Uint8Array): Buffer {
  const flag = critical ? [boolean(true)] : [];
  return sequence(objectIdentifier(id), ...flag, octetString(value));
}

/** dNSName or iPAddress of GeneralName (RFC 5280 section 4.2.1.6). */
function alternativeName(name: string): Buffer {
  if (isIPv4(name)) return der(0x87, Buffer.from(name.split('.').map(Number)));
  if (name === '::1') return der(0x87, Buffer.concat([Buffer.alloc(15), Buffer.from([1])]));
  return der(0x82, Buffer.from(name));
}

/** In a SubjectPublicKeyInfo: an uncompressed P-256 point is the last 65 octets, an Ed25519 key the last 32. */
function publicKeyBits(spki: Uint8Array, type: ClientKeyType): Uint8Array {
  return spki.subarray(type === 'ecdsa' ? -65 : -32);
}
