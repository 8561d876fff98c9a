import { createHash, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

import { fail, ok } from '../base/result.ts';
import type { Result } from '../base/result.ts';

/** What is kept of a client's certificate. Only its key counts: issuer, names and dates are ignored. */
export interface CertificateFacts {
  readonly fingerprint: string;
  /** Common name of the subject, else the serial number. */
  readonly commonName: string;
  readonly type: string;
  readonly der: Buffer;
}

/** Octets of a certificate, PEM or DER. Fails with a text for the person who gave it. */
export function readCertificate(octets: Buffer): Result<CertificateFacts, string> {
  let certificate: X509Certificate;
  let key: KeyObject;
  try {
    certificate = new X509Certificate(octets);
    key = certificate.publicKey;
  } catch {
    return fail('that is no certificate in PEM or DER');
  }
  const type = keyType(key);
  if (!type.ok) return type;
  return ok({
    fingerprint: fingerprintOf(key.export({ type: 'spki', format: 'der' })),
    commonName: /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? certificate.serialNumber,
    type: type.value,
    der: certificate.raw,
  });
}

/** base64url without padding of the SHA-256 of a DER SubjectPublicKeyInfo. */
export function fingerprintOf(subjectPublicKeyInfo: Uint8Array): string {
  return createHash('sha256').update(subjectPublicKeyInfo).digest('base64url');
}

const curves: Readonly<Record<string, string>> = { prime256v1: 'p256', secp384r1: 'p384', secp521r1: 'p521' };
const minRsaBits = 2048;

function keyType(key: KeyObject): Result<string, string> {
  const details = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      const bits = details.modulusLength ?? 0;
      return bits >= minRsaBits
        ? ok(`rsa-${bits}`)
        : fail(`an RSA key must have at least ${minRsaBits} bits, this has ${bits}`);
    }
    case 'ec': {
      const curve = curves[details.namedCurve ?? ''];
      return curve === undefined ? fail('an ECDSA key must be on P-256, P-384 or P-521') : ok(`ecdsa-${curve}`);
    }
    case 'ed25519':
      return ok('ed25519');
    default:
      return fail('the key must be RSA, ECDSA or Ed25519');
  }
}
