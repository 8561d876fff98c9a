import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { readText } from '../config/loaded-config.ts';
import type { LoadedConfig } from '../config/loaded-config.ts';
import { Refusal } from '../refusal.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';
import type { CertificatePair } from './self-signed-certificate.ts';

/** The certificates that the configuration names; undefined without `tls`. @throws Refusal in words */
export function loadCertificate({ config, dataDir }: LoadedConfig): CertificatePair | undefined {
  const { tls } = config;
  if (!tls) return undefined;
  if (tls.cert !== undefined && tls.key !== undefined) return readPair(tls.cert, tls.key);
  return keptCertificate(join(dataDir, 'tls'), 'self-signed', [config.hostname, 'localhost', '127.0.0.1', '::1']);
}

function readPair(certFile: string, keyFile: string): CertificatePair {
  const pair = { certPem: readText(certFile), keyPem: readText(keyFile) };
  if (!isCertificate(pair.certPem)) throw new Refusal(`${certFile}: that is no certificate in PEM`);
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pair.keyPem))
    throw new Refusal(`${keyFile}: that is no private key in PEM`);
  return pair;
}

/**
 * The self-signed certificate in `FOLDER/NAME.pem`, with its key in `FOLDER/NAME.key` beside it, which only the owner
 * may read. Made when it is missing or has expired, so that clients can go on trusting the one they know.
 */
export function keptCertificate(folder: string, name: string, names: readonly [string, ...string[]]): CertificatePair {
  const certFile = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}.key`);
  const kept = existsSync(certFile) && existsSync(keyFile) ? readKept(certFile, keyFile, names[0]) : undefined;
  if (kept) return kept;
  const pair = selfSignedCertificate(names, new Date());
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeWhole(keyFile, pair.keyPem, 0o600);
  writeWhole(certFile, pair.certPem, 0o644);
  return pair;
}

function readKept(certFile: string, keyFile: string, host: string): CertificatePair | undefined {
  const pair = { certPem: readFileSync(certFile, 'utf8'), keyPem: readFileSync(keyFile, 'utf8') };
  if (!isCertificate(pair.certPem)) return undefined;
  const certificate = new X509Certificate(pair.certPem);
  const valid = certificate.validToDate.getTime() > Date.now();
  return valid && certificate.checkHost(host) !== undefined ? pair : undefined;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Nobody ever reads half of it. */
function writeWhole(file: string, text: string, mode: number): void {
  const draft = join(dirname(file), `.${process.pid}.tmp`);
  writeFileSync(draft, text, { mode });
  chmodSync(draft, mode);
  renameSync(draft, file);
}
