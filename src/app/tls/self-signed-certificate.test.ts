import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';

import { describe, expect, test } from 'vitest';

import { keptCertificate } from './certificates.ts';
import { integer, objectIdentifier, octetString, time } from '../../net/der.ts';
import { clientCertificate, selfSignedCertificate } from './self-signed-certificate.ts';

describe('DER', () => {
  test.each([
    [integer(Buffer.from([0, 0, 1])), '020101'],
    [integer(Buffer.from([0x80])), '02020080'],
    [integer(Buffer.from([0])), '020100'],
    [objectIdentifier('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    [octetString(Buffer.alloc(200)).subarray(0, 3), '0481c8'],
    [octetString(Buffer.alloc(300)).subarray(0, 4), '0482012c'],
    [time(new Date('2049-12-31T23:59:59Z')), Buffer.from('\x17\x0d491231235959Z').toString('hex')],
    [time(new Date('2050-01-01T00:00:00Z')), Buffer.from('\x18\x0f20500101000000Z').toString('hex')],
  ])('%#', (octets, hex) => expect(octets.toString('hex')).toBe(hex));
});

test('clientCertificate is for one address and for clients', () => {
  const pair = clientCertificate('ann@example.org', new Date('2026-02-28T12:00:00Z'));
  const certificate = new X509Certificate(pair.certPem);
  expect(certificate.subject).toBe('CN=ann@example.org');
  expect(certificate.subjectAltName).toBe('email:ann@example.org');
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(certificate.checkPrivateKey(createPrivateKey(pair.keyPem))).toBe(true);
  const other = new X509Certificate(clientCertificate('bücher@example.org', new Date()).certPem);
  expect(other.subjectAltName).toBeUndefined();
  expect(other.verify(other.publicKey)).toBe(true);
});

describe('selfSignedCertificate', () => {
  const now = new Date('2026-02-28T12:00:00Z');
  const pair = selfSignedCertificate(['localhost', '127.0.0.1', '::1'], now);
  const certificate = new X509Certificate(pair.certPem);

  test('is for its names, valid for ten years, no CA, and signed by its own key', () => {
    expect(certificate.subject).toBe('CN=localhost');
    expect(certificate.subjectAltName).toBe('DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1');
    expect(certificate.validToDate.toISOString()).toBe('2036-02-28T12:00:00.000Z');
    expect(certificate.ca).toBe(false);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(pair.keyPem))).toBe(true);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('::1')).toBe('::1');
  });

  test('a client that trusts the file trusts the server', async () => {
    const { certPem, keyPem } = selfSignedCertificate(['localhost'], new Date());
    const server = createServer({ cert: certPem, key: keyPem }, (socket) => socket.end('hello'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', servername: 'localhost', ca: certPem });
      socket.setEncoding('utf8').once('data', resolve).once('error', reject);
    });
    expect(said).toBe('hello');
    server.close();
  });
});

test('a certificate is kept until it does not fit any more; nobody else reads its key', () => {
  const dir = mkdtempSync(join(tmpdir(), 'posthorn-cert-'));
  try {
    const first = keptCertificate(dir, 'x', ['localhost']);
    expect(statSync(join(dir, 'x.key')).mode & 0o777).toBe(0o600);
    expect(keptCertificate(dir, 'x', ['localhost'])).toEqual(first);
    expect(readFileSync(join(dir, 'x.pem'), 'utf8')).toBe(first.certPem);
    expect(keptCertificate(dir, 'x', ['other.test']).certPem).not.toBe(first.certPem);
    writeFileSync(join(dir, 'x.pem'), 'damaged');
    expect(keptCertificate(dir, 'x', ['other.test']).certPem).toContain('BEGIN CERTIFICATE');
    const old = selfSignedCertificate(['other.test'], new Date('2010-01-01T00:00:00Z'));
    writeFileSync(join(dir, 'x.pem'), old.certPem);
    writeFileSync(join(dir, 'x.key'), old.keyPem);
    expect(keptCertificate(dir, 'x', ['other.test']).certPem).not.toBe(old.certPem);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
