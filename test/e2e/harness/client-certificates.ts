/** Certificates of clients, made with openssl as people make them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './programs.ts';

export interface ClientCertificate {
  readonly kind: string;
  /** Files in PEM. */
  readonly cert: string;
  readonly key: string;
}

const keys = {
  'RSA 2048': ['RSA', 'rsa_keygen_bits:2048'],
  'P-256': ['EC', 'ec_paramgen_curve:P-256'],
  'P-384': ['EC', 'ec_paramgen_curve:P-384'],
  'P-521': ['EC', 'ec_paramgen_curve:P-521'],
  Ed25519: ['ED25519'],
  expired: ['EC', 'ec_paramgen_curve:P-256'],
  'not yet valid': ['EC', 'ec_paramgen_curve:P-256'],
  'for another name': ['EC', 'ec_paramgen_curve:P-256'],
  'full of odd extensions': ['EC', 'ec_paramgen_curve:P-256'],
  'signed by others': ['EC', 'ec_paramgen_curve:P-256'],
} as const;

export type CertificateKind = keyof typeof keys;
export const certificateKinds = Object.keys(keys) as readonly CertificateKind[];

const validity: Partial<Record<CertificateKind, readonly [string, string]>> = {
  expired: ['20200101000000Z', '20210101000000Z'],
  'not yet valid': ['20900101000000Z', '20910101000000Z'],
};

/** None of them is for a client, one is critical and known to nobody. */
const oddExtensions = [
  'basicConstraints=critical,CA:TRUE,pathlen:0',
  'keyUsage=critical,keyCertSign,cRLSign',
  'extendedKeyUsage=critical,codeSigning',
  'nameConstraints=critical,permitted;DNS:elsewhere.example',
  '1.3.6.1.4.1.55555.1=critical,ASN1:UTF8String:nobody knows this',
];

/** Makes a key and a certificate signed by itself (or by an authority that a root of its own has signed), in a folder. */
export async function makeCertificate(
  dir: string,
  kind: CertificateKind,
  label = 'client',
): Promise<ClientCertificate> {
  const file = (end: string) => join(dir, `${label}-${kind.replaceAll(' ', '-')}.${end}`);
  const [algorithm, option] = keys[kind];
  const subject = `/CN=${kind === 'for another name' ? 'somebody.else.example' : label}`;
  const made = { kind, cert: file('crt'), key: file('key') };
  await mustRun('openssl', [
    'genpkey',
    '-algorithm',
    algorithm,
    ...(option ? ['-pkeyopt', option] : []),
    '-out',
    made.key,
  ]);
  const dates = validity[kind];
  if (dates === undefined) {
    await mustRun('openssl', [
      'req',
      '-x509',
      '-new',
      '-key',
      made.key,
      '-subj',
      subject,
      '-days',
      '30',
      ...(kind === 'full of odd extensions' ? oddExtensions.flatMap((one) => ['-addext', one]) : []),
      '-out',
      made.cert,
    ]);
    if (kind === 'signed by others') await signByOthers(made, file);
    return made;
  }
  // Only `openssl ca` lets one say when a certificate begins and ends.
  const [config, database, serial] = [file('cnf'), file('index'), file('serial')];
  writeFileSync(database, '');
  writeFileSync(serial, '01\n');
  const lines = ['[ca]', 'default_ca=d', '[d]', `database=${database}`, `serial=${serial}`, `new_certs_dir=${dir}`];
  writeFileSync(config, [...lines, 'default_md=sha256', 'policy=p', '[p]', 'commonName=supplied', ''].join('\n'));
  await mustRun('openssl', ['req', '-new', '-key', made.key, '-subj', subject, '-out', file('csr')]);
  const [start, end] = dates;
  await mustRun('openssl', [
    ...['ca', '-batch', '-selfsign', '-notext', '-config', config, '-in', file('csr'), '-keyfile', made.key],
    ...['-startdate', start, '-enddate', end, '-out', made.cert],
  ]);
  return made;
}

/** Root, authority, client: the certificate, with those that signed it behind it. */
async function signByOthers({ key, cert }: ClientCertificate, file: (end: string) => string): Promise<void> {
  const make = async (name: string, issuer: string): Promise<string> => {
    const [own, request] = [file(`${name}.crt`), ['req', '-x509', '-new', '-newkey', 'ec', '-nodes', '-days', '30']];
    const curve = ['-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', file(`${name}.key`), '-subj', `/CN=${name}`];
    const by = issuer === '' ? [] : ['-CA', file(`${issuer}.crt`), '-CAkey', file(`${issuer}.key`)];
    await mustRun('openssl', [...request, ...curve, ...by, '-out', own]);
    return readFileSync(own, 'utf8');
  };
  const root = await make('root', '');
  const authority = await make('authority', 'root');
  const by = ['-CA', file('authority.crt'), '-CAkey', file('authority.key')];
  await mustRun('openssl', ['req', '-x509', '-new', '-key', key, '-subj', '/CN=leaf', ...by, '-out', cert]);
  writeFileSync(file('chain'), authority + root);
}

export function readPair({ cert, key }: ClientCertificate): { readonly cert: Buffer; readonly key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) };
}
