import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { TlsaRecord } from '../../base/resolver.ts';
import { matchChain } from './match-chain.ts';
import * as pem from './testing/certificates.ts';
import { usableRecords } from './usable-records.ts';

const octets = (length: number) => new Uint8Array(length).fill(7);
const tlsa = (usage: number, selector: number, matchingType: number, data: Uint8Array): TlsaRecord => ({
  usage,
  selector,
  matchingType,
  data,
});

describe('usable records', () => {
  test.each<[string, TlsaRecord, boolean]>([
    ['3 1 1', tlsa(3, 1, 1, octets(32)), true],
    ['2 0 2', tlsa(2, 0, 2, octets(64)), true],
    ['3 0 0', tlsa(3, 0, 0, octets(500)), true],
    ['PKIX-TA', tlsa(0, 1, 1, octets(32)), false],
    ['PKIX-EE', tlsa(1, 1, 1, octets(32)), false],
    ['unknown usage', tlsa(4, 1, 1, octets(32)), false],
    ['unknown selector', tlsa(3, 2, 1, octets(32)), false],
    ['unknown matching type', tlsa(3, 1, 3, octets(32)), false],
    ['SHA-256 that is too short', tlsa(3, 1, 1, octets(31)), false],
    ['SHA-512 that is too long', tlsa(3, 1, 2, octets(65)), false],
    ['no data', tlsa(3, 1, 0, octets(0)), false],
  ])('%s', (_name, record, usable) => expect(usableRecords([record])).toEqual(usable ? [record] : []));

  test('SHA-256 counts only where there is no SHA-512 for the same usage and selector', () => {
    const records = [
      tlsa(3, 1, 1, octets(32)),
      tlsa(3, 1, 2, octets(64)),
      tlsa(3, 0, 1, octets(32)),
      tlsa(3, 1, 0, octets(9)),
    ];
    expect(usableRecords(records)).toEqual(records.slice(1));
  });
});

describe('matching a chain', () => {
  const certificate = (text: string) => new X509Certificate(text);
  const chain = [pem.server, pem.intermediate, pem.anchor].map((each) => certificate(each));
  const nowMs = Date.UTC(2030, 0, 1);
  const record = (usage: number, selector: number, matchingType: number, text: string): TlsaRecord => {
    const { raw, publicKey } = certificate(text);
    const data = selector === 0 ? raw : publicKey.export({ type: 'spki', format: 'der' });
    const hash = ['', 'sha256', 'sha512'][matchingType] ?? '';
    return tlsa(usage, selector, matchingType, hash === '' ? data : createHash(hash).update(data).digest());
  };
  const ask = (records: readonly TlsaRecord[], names = ['mx.example.org'], certificates = chain, now = nowMs) => {
    const match = matchChain({ records, chain: certificates, names, nowMs: now });
    return match.kind === 'matched' ? match.kind : match.why;
  };

  const kinds = [0, 1].flatMap((selector) => [0, 1, 2].map((matching) => [selector, matching] as const));
  test.each(kinds)('selector %i, matching type %i, for the server, its issuer and the anchor', (selector, matching) => {
    expect(ask([record(3, selector, matching, pem.server)])).toBe('matched');
    expect(ask([record(2, selector, matching, pem.intermediate)])).toBe('matched');
    expect(ask([record(2, selector, matching, pem.anchor)])).toBe('matched');
    expect(ask([record(3, selector, matching, pem.anchor)])).toBe('validation-failure');
    expect(ask([record(2, selector, matching, pem.server)])).toBe('validation-failure');
  });

  test('the first record that matches is told', () => {
    const records = [record(3, 1, 1, pem.impostor), record(3, 1, 1, pem.server)];
    expect(matchChain({ records, chain, names: [], nowMs })).toEqual({ kind: 'matched', record: records[1] });
  });

  test('for DANE-EE neither name nor time matter', () => {
    expect(ask([record(3, 1, 1, pem.expired)], ['other.example'], [certificate(pem.expired)])).toBe('matched');
  });

  test('for DANE-TA one of the names must be in the certificate', () => {
    const anchor = [record(2, 0, 1, pem.anchor)];
    expect(ask(anchor, ['other.example'])).toBe('certificate-host-mismatch');
    expect(ask(anchor, ['other.example', 'MX.example.org'])).toBe('matched');
    expect(ask(anchor, ['a.wild.example'])).toBe('matched');
    expect(ask(anchor, ['a.b.wild.example'])).toBe('certificate-host-mismatch');
    expect(ask(anchor, [])).toBe('certificate-host-mismatch');
  });

  test('for DANE-TA all up to the anchor must be valid now', () => {
    const late = [pem.expired, pem.intermediate, pem.anchor].map((each) => certificate(each));
    expect(ask([record(2, 0, 1, pem.anchor)], undefined, late)).toBe('certificate-expired');
    expect(ask([record(2, 0, 1, pem.anchor)], undefined, chain, Date.UTC(2020, 0, 1))).toBe('certificate-expired');
  });

  test('the order of the others does not matter, but the chain must be whole', () => {
    const [server, intermediate, anchor] = [pem.server, pem.intermediate, pem.anchor].map((each) => certificate(each));
    if (!server || !intermediate || !anchor) throw new Error('certificates are missing');
    const records = [record(2, 0, 1, pem.anchor)];
    expect(ask(records, undefined, [server, anchor, intermediate])).toBe('matched');
    expect(ask(records, undefined, [server, anchor])).toBe('validation-failure');
    expect(ask(records, undefined, [])).toBe('validation-failure');
  });

  test('an anchor that is in the chain but has not signed it, or may not sign, is none', () => {
    const forged = [pem.forged, pem.intermediate, pem.anchor].map((each) => certificate(each));
    expect(ask([record(2, 0, 1, pem.anchor)], undefined, forged)).toBe('validation-failure');
    const impostor = [pem.forged, pem.impostor, pem.anchor].map((each) => certificate(each));
    expect(ask([record(2, 0, 1, pem.anchor)], undefined, impostor)).toBe('validation-failure');
    expect(ask([record(2, 0, 1, pem.impostor)], undefined, impostor)).toBe('validation-failure');
  });
});
