import { createHash, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TlsaRecord } from '../base/resolver.ts';
import { localhostCertificate, otherCertificate } from '../net/test-certificates.ts';
import { startFakeHost } from './testing/fake-host.ts';
import type { Behaviour, FakeHost } from './testing/fake-host.ts';
import type { Known } from './testing/fake-zone.ts';
import { fakeWorld, printOutcomes, tryBatch } from './testing/try-batch.ts';
import type { Given, World, WorldOptions } from './testing/try-batch.ts';
import type { StsFacts } from './tls-policy.ts';

let host: FakeHost;
let world: World | undefined;
afterEach(async () => {
  await world?.relay.close();
  world = undefined;
  host.close();
});

/** Of `mail.example.test`, which signs itself and so can be its own authority. */
const good = { certificate: otherCertificate };
const wrong = { certificate: localhostCertificate };
const broken: Behaviour = { breaksTls: true };
const offers = ['PIPELINING', 'DSN', 'REQUIRETLS'];

async function deliver(
  behaviour: Behaviour,
  options: WorldOptions = {},
  given: Given = {},
  zone: Readonly<Record<string, Known>> = plainZone,
): Promise<readonly string[]> {
  host = await startFakeHost('127.0.0.2', 0, behaviour);
  const tlsa = zone['TLSA'];
  const withTlsa = tlsa ? { ...zone, [`_${host.port}._tcp.mail.example.test`]: tlsa } : zone;
  world = fakeWorld(host.port, withTlsa, { ca: otherCertificate.certPem, ...options });
  return printOutcomes(await tryBatch(world.relay, given));
}
const mx = [{ preference: 1, exchange: 'mail.example.test' }];
const plainZone: Readonly<Record<string, Known>> = {
  'a.test': { mx },
  'mail.example.test': { addresses: ['127.0.0.2'] },
};
const spki = new X509Certificate(otherCertificate.certPem).publicKey.export({ type: 'spki', format: 'der' });
const rightRecord: TlsaRecord = {
  ...{ usage: 3, selector: 1, matchingType: 1 },
  data: createHash('sha256').update(spki).digest(),
};
const secureZone = (tlsa: Known['tlsa'] | undefined, rest: Readonly<Record<string, Known>> = {}): typeof plainZone => ({
  'a.test': { mx, authentic: true },
  'mail.example.test': { addresses: ['127.0.0.2'], authentic: true },
  ...(tlsa === undefined ? {} : { TLSA: { tlsa, authentic: true } }),
  ...rest,
});
const sts = (mode: 'enforce' | 'testing', pattern = 'mail.example.test'): WorldOptions => {
  const facts: StsFacts = { kind: 'policy', policy: { mode, mx: [pattern], maxAgeSeconds: 86_400 } };
  return { policies: { 'a.test': facts } };
};
const took = (): boolean | undefined => host.taken[0]?.isTls;
const told = (): readonly (readonly string[])[] =>
  world?.facts.map(({ policyType, result, reason }) => [
    policyType,
    result,
    ...(reason === undefined ? [] : [reason]),
  ]) ?? [];

describe('nothing known', () => {
  test('TLS with any certificate', async () => {
    expect(await deliver(wrong)).toEqual(['delivered handed-on']);
    expect(took()).toBe(true);
    expect(told()).toEqual([['no-policy-found', 'success']]);
  });
  test('no TLS offered: plain text', async () => {
    expect(await deliver({})).toEqual(['delivered handed-on']);
    expect(told()).toEqual([['no-policy-found', 'starttls-not-supported']]);
  });
  test('STARTTLS refused: plain text', async () => {
    expect(await deliver({ ...good, starttls: '454 4.7.0 not now' })).toEqual(['delivered handed-on']);
    expect(took()).toBe(false);
  });
  test('a handshake that fails: once more in plain text, and the story says so', async () => {
    expect(await deliver(broken)).toEqual(['delivered handed-on']);
    expect(took()).toBe(false);
    expect(host.connections()).toBe(2);
    expect(told()).toMatchObject([['no-policy-found', 'validation-failure', expect.stringContaining('STARTTLS')]]);
  });
  test('a handshake that never ends is one that fails', async () => {
    expect(await deliver({ breaksTls: 'silence' }, { timeouts: { handshake: 50 } })).toEqual(['delivered handed-on']);
    expect(took()).toBe(false);
  });
  test('but a report is not sent in plain text then', async () => {
    expect(await deliver(broken, {}, { message: { kind: 'report' } })).toEqual(['later 4.7.5']);
    expect(host.taken).toEqual([]);
  });
});

describe('what somebody on the path says in plain text does not outlive STARTTLS (RFC 3207 section 6)', () => {
  const utf8 = { message: { utf8: true } };
  test('answers that came with the reply to STARTTLS', async () => {
    const starttls = '220 go\r\n250-somebody else\r\n250-REQUIRETLS\r\n250 SMTPUTF8';
    expect(await deliver({ ...good, offers, starttls }, {}, utf8)).toEqual(['failed 5.6.7']);
    expect(host.lines.filter((line) => line.startsWith('EHLO'))).toHaveLength(2);
  });
  test('extensions that were offered before', async () => {
    const plainOffers = [...offers, 'SMTPUTF8', 'CHUNKING', 'BINARYMIME', '8BITMIME'];
    expect(await deliver({ ...good, offers, plainOffers }, {}, utf8)).toEqual(['failed 5.6.7']);
    host.close();
    expect(await deliver({ ...good, offers, plainOffers })).toEqual(['delivered handed-on']);
    expect(host.taken[0]).toMatchObject({ isTls: true, way: 'DATA' });
  });
  test('and limits that were', async () => {
    const plainOffers = [...offers, 'SIZE 1', 'LIMITS RCPTMAX=1'];
    expect(await deliver({ ...good, offers, plainOffers }, {}, { to: ['a@a.test', 'b@a.test'] })).toHaveLength(2);
    expect(host.taken.map(({ to }) => to)).toEqual([['a@a.test', 'b@a.test']]);
  });
});

describe('MTA-STS enforce', () => {
  test('the right certificate', async () => {
    expect(await deliver(good, sts('enforce'))).toEqual(['delivered handed-on']);
    expect(told()).toEqual([['sts', 'success']]);
    expect(world?.facts[0]).toMatchObject({
      policyString: ['version: STSv1', 'mode: enforce', 'mx: mail.example.test', 'max_age: 86400'],
      mxPatterns: ['mail.example.test'],
    });
  });
  test.each<[string, Behaviour, string[]]>([
    ['a certificate for another name', wrong, ['sts', 'certificate-not-trusted', 'DEPTH_ZERO_SELF_SIGNED_CERT']],
    ['no TLS', {}, ['sts', 'starttls-not-supported']],
    ['STARTTLS refused', { ...good, starttls: '454 4.7.0 no' }, ['sts', 'starttls-not-supported']],
  ])('%s: nothing is sent', async (_, behaviour, fact) => {
    const outcome = await deliver(behaviour, sts('enforce'));
    expect(outcome[0]).toMatch(/^later 4\.7/);
    expect(host.lines.filter((line) => line.startsWith('MAIL'))).toEqual([]);
    expect(told()).toEqual([fact]);
  });
  test('a trusted certificate for another name', async () => {
    const options = { ...sts('enforce'), ca: localhostCertificate.certPem };
    expect(await deliver(wrong, options)).toEqual(['later 4.7.5']);
    expect(told()).toEqual([['sts', 'certificate-host-mismatch', 'ERR_TLS_CERT_ALTNAME_INVALID']]);
  });
  test('a handshake that fails: nothing is sent', async () => {
    expect(await deliver(broken, sts('enforce'))).toEqual(['later 4.7.5']);
    expect(host.connections()).toBe(1);
  });
  test('a host that is not in the policy is not even connected to', async () => {
    expect(await deliver(good, sts('enforce', 'other.test'))).toEqual(['later 4.7.5']);
    expect(host.connections()).toBe(0);
    expect(told()).toEqual([['sts', 'validation-failure', 'mtasts-policy-mx-mismatch']]);
  });
});

test('MTA-STS testing: told, not enforced', async () => {
  expect(await deliver(wrong, sts('testing'))).toEqual(['delivered handed-on']);
  expect(told()).toEqual([['sts', 'certificate-not-trusted', 'DEPTH_ZERO_SELF_SIGNED_CERT']]);
});

test('MTA-STS testing, a host that is not in the policy: told, not enforced', async () => {
  expect(await deliver(good, sts('testing', 'other.test'))).toEqual(['delivered handed-on']);
  expect(told()).toEqual([['sts', 'validation-failure', 'mtasts-policy-mx-mismatch']]);
});

describe('DANE', () => {
  test('the right key, whoever signed it', async () => {
    expect(await deliver(good, { ca: localhostCertificate.certPem }, {}, secureZone([rightRecord]))).toEqual([
      'delivered handed-on',
    ]);
    expect(told()).toEqual([['tlsa', 'success']]);
    expect(world?.facts[0]?.policyString).toEqual([`3 1 1 ${Buffer.from(rightRecord.data).toString('hex')}`]);
  });
  test('another key: nothing is sent, although MTA-STS would be content', async () => {
    const zone = secureZone([{ ...rightRecord, data: Buffer.alloc(32) }]);
    expect(await deliver(good, sts('enforce'), {}, zone)).toEqual(['later 4.7.5']);
    expect(host.taken).toEqual([]);
    expect(told()).toEqual([
      ['tlsa', 'validation-failure'],
      ['sts', 'success'],
    ]);
  });
  test('TLSA that cannot be looked up: the host is not used', async () => {
    expect(await deliver(good, {}, {}, secureZone('server-failure'))).toEqual(['later 4.7.5']);
    expect(host.connections()).toBe(0);
    expect(told()).toMatchObject([['tlsa', 'dnssec-invalid', expect.any(String)]]);
  });
  test('records that nobody can use: TLS of anybody, but TLS', async () => {
    const zone = secureZone([{ ...rightRecord, usage: 0 }]);
    expect(await deliver(wrong, {}, {}, zone)).toEqual(['delivered handed-on']);
    expect(took()).toBe(true);
    expect(told()).toEqual([['tlsa', 'tlsa-invalid', 'all-unusable-records+ignored']]);
  });
  test('records that nobody can use, and no TLS', async () => {
    const zone = secureZone([{ ...rightRecord, usage: 0 }]);
    expect(await deliver({}, {}, {}, zone)).toEqual(['later 4.7.10']);
    expect(host.taken).toEqual([]);
  });
  test('TLSA of a domain without DNSSEC says nothing', async () => {
    const zone = secureZone([{ ...rightRecord, data: Buffer.alloc(32) }], { 'a.test': { mx } });
    expect(await deliver(good, {}, {}, zone)).toEqual(['delivered handed-on']);
    expect(world?.asked.filter((question) => question.startsWith('tlsa'))).toEqual([]);
  });
  test('TLSA that are not signed say nothing', async () => {
    const zone = secureZone(undefined, { TLSA: { tlsa: [{ ...rightRecord, data: Buffer.alloc(32) }] } });
    expect(await deliver(good, {}, {}, zone)).toEqual(['delivered handed-on']);
    expect(told()).toEqual([['no-policy-found', 'success']]);
  });
});

describe('REQUIRETLS', () => {
  const given: Given = { message: { tls: 'required' } };
  test('with DANE, where it is offered', async () => {
    expect(await deliver({ ...good, offers }, {}, given, secureZone([rightRecord]))).toEqual(['delivered handed-on']);
    expect(host.taken[0]?.mail).toContain(' REQUIRETLS');
  });
  test('with MTA-STS', async () => {
    expect(await deliver({ ...good, offers }, sts('enforce'), given)).toEqual(['delivered handed-on']);
    expect(host.taken[0]?.mail).toContain(' REQUIRETLS');
  });
  test('not offered is final', async () => {
    expect(await deliver(good, sts('enforce'), given)).toEqual(['failed 5.7.30']);
    expect(host.taken).toEqual([]);
  });
  test('nothing that vouches for the host is final, and it is not connected to', async () => {
    expect(await deliver({ ...good, offers }, {}, given)).toEqual(['failed 5.7.30']);
    expect(host.connections()).toBe(0);
  });
  test('a notification goes without', async () => {
    const bounce = { ...given, entry: { returnPath: '' } };
    expect(await deliver({ ...good, offers }, {}, bounce)).toEqual(['delivered handed-on']);
    expect(host.taken[0]?.mail).not.toContain('REQUIRETLS');
  });
});

describe('TLS-Required: No', () => {
  const given: Given = { message: { tls: 'not-required' } };
  test.each<[string, Behaviour, WorldOptions, typeof plainZone]>([
    ['a wrong certificate under MTA-STS', wrong, sts('enforce'), plainZone],
    ['a host that the policy does not allow', good, sts('enforce', 'other.test'), plainZone],
    ['TLSA that do not match', good, {}, secureZone([{ ...rightRecord, data: Buffer.alloc(32) }])],
    ['TLSA that cannot be had', good, {}, secureZone('timeout')],
    ['no TLS at all', broken, sts('enforce'), plainZone],
  ])('%s does not matter', async (_, behaviour, options, zone) => {
    expect(await deliver(behaviour, options, given, zone)).toEqual(['delivered handed-on']);
  });
});

describe('the policy cannot be had', () => {
  let asked: string[];
  beforeEach(() => (asked = []));
  const unknown: WorldOptions = {
    sts: {
      policyFor: async (domain) => {
        asked.push(domain);
        return { kind: 'unknown', why: 'timeout' };
      },
    },
  };
  test('nothing is sent', async () => {
    expect(await deliver(good, unknown)).toEqual(['later 4.7.5']);
    expect(asked).toEqual(['a.test']);
  });
  test('unless DANE vouches for the host', async () => {
    expect(await deliver(good, unknown, {}, secureZone([rightRecord]))).toEqual(['delivered handed-on']);
  });
});

test('the story tells of TLS and of the certificate', async () => {
  host = await startFakeHost('127.0.0.2', 0, good);
  world = fakeWorld(host.port, plainZone, { ca: otherCertificate.certPem, ...sts('enforce') });
  const [outcome] = await tryBatch(world.relay);
  expect(outcome?.story.hosts).toMatchObject([{ verdict: 'verified', replies: ['END: 250 taken'] }]);
  expect(outcome?.story.hosts[0]?.tls).toMatch(/^TLSv1\.3 TLS_/);
});
