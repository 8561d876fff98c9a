import { z } from 'zod';

import { displayAddress } from '../address-text.ts';
import { canonicalKey } from '../directory-tables.ts';
import { conflict } from '../directory-conflict.ts';
import { parsePrinted } from '../address-key.ts';
import { findLogin } from '../find-recipient.ts';
import { readCertificate } from '../read-certificate.ts';
import { addressKey, operation, putChecked } from './operation.ts';

export const tlsPublicKeyAdd = operation({
  name: 'tls-public-key-add',
  schema: z.strictObject({
    address: z.string(),
    /** base64 of a certificate, PEM or DER. */
    certificate: z.string().max(1024 * 1024),
    /** Default: the common name or serial number of the certificate. */
    name: z.string().optional(),
    imapPreauth: z.boolean().default(true),
  }),
  decide(view, args, { now }) {
    const key = addressKey(args.address);
    if (!key.ok) return key;
    const { localPart, domain } = parsePrinted(key.value);
    const owner = localPart === undefined ? undefined : findLogin(view, { localPart, domain });
    if (!owner)
      return conflict('unknown', `${displayAddress(key.value)} is no address that an account can log in with`);
    const certificate = readCertificate(Buffer.from(args.certificate, 'base64'));
    if (!certificate.ok) return conflict('invalid', certificate.error);
    const { fingerprint, commonName, type, der } = certificate.value;
    const existing = view.tlsPublicKeys.get(fingerprint);
    if (existing)
      return conflict(
        'exists',
        `the key ${fingerprint} is there already, for ${displayAddress(existing.loginAddress)}`,
      );
    const name = (args.name ?? commonName).normalize('NFC').slice(0, 256);
    if (name === '' || /\p{Cc}/u.test(name)) return conflict('invalid', 'the name of a key must be printable text');
    return putChecked(view, {
      kind: 'tls-public-key',
      fingerprint,
      name,
      account: owner.account,
      loginAddress: canonicalKey(view, key.value),
      type,
      imapPreauth: args.imapPreauth,
      created: now,
      certificate: der.toString('base64'),
    });
  },
});
