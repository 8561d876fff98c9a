import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { deriveKey, printPkcs12 } from './pkcs12.ts';
import { clientCertificate } from './self-signed-certificate.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.each(['modern', 'legacy'] as const)('%s', (protection) => {
  test.each(['ecdsa', 'ed25519'] as const)('%s: OpenSSL in Node takes it with its password only', (type) => {
    const { pfx, password } = make(type);
    expect(() => createSecureContext({ pfx, passphrase: password })).not.toThrow();
    expect(() => createSecureContext({ pfx, passphrase: 'another' })).toThrow();
    pfx[200] = (pfx[200] ?? 0) ^ 1;
    expect(() => createSecureContext({ pfx, passphrase: password })).toThrow();
  });

  test.skipIf(!hasOpenssl)('the program openssl finds key, certificate and name in it', () => {
    const { pfx, password, pair } = make('ecdsa');
    const file = join(mkdtempSync(join(tmpdir(), 'posthorn-p12-')), 'client.p12');
    writeFileSync(file, pfx);
    const found = spawnSync('openssl', ['pkcs12', '-in', file, '-passin', `pass:${password}`, '-nodes', '-info'], {
      encoding: 'utf8',
    });
    expect(found.status).toBe(0);
    expect(found.stdout).toContain('friendlyName: ann');
    expect(found.stderr).toContain(protection === 'modern' ? 'AES-256-CBC' : 'pbeWithSHA1And3-KeyTripleDES-CBC');
    expect(found.stderr).toContain(protection === 'modern' ? 'MAC: sha256' : 'MAC: sha1');
    expect(new X509Certificate(found.stdout).raw.equals(new X509Certificate(pair.certPem).raw)).toBe(true);
    const pem = /-----BEGIN PRIVATE KEY-----[^]*?-----END PRIVATE KEY-----/.exec(found.stdout)?.[0] ?? '';
    expect(createPrivateKey(pem).equals(createPrivateKey(pair.keyPem))).toBe(true);
  });

  function make(type: 'ecdsa' | 'ed25519') {
    const pair = clientCertificate('ann@example.org', new Date(), type);
    const password = 'pässword';
    const pfx = printPkcs12({
      certificate: new X509Certificate(pair.certPem).raw,
      privateKey: createPrivateKey(pair.keyPem).export({ type: 'pkcs8', format: 'der' }),
      name: 'ann@example.org',
      ...{ password, protection },
    });
    return { pfx, password, pair };
  }
});

test('keys are derived as others do: the vectors that circulate with implementations of RFC 7292', () => {
  const derive = (password: string, salt: string, purpose: 1 | 2 | 3, bytes: number, rounds: number) =>
    deriveKey('sha1', password, Buffer.from(salt, 'hex'), { purpose, bytes, rounds }).toString('hex');
  expect(derive('smeg', '0a58cf64530d823f', 1, 24, 1)).toBe('8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3');
  expect(derive('smeg', '0a58cf64530d823f', 2, 8, 1)).toBe('79993dfe048d3b76');
  expect(derive('queeg', '05dec959acff72f7', 1, 24, 1000)).toBe('ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4');
  expect(derive('queeg', '05dec959acff72f7', 2, 8, 1000)).toBe('11dedad7758d4860');
});
