import { describe, expect, test } from 'vitest';
import { findHosts } from './find-hosts.ts';
import type { HostSearch } from './find-hosts.ts';
import { fakeZone } from './testing/fake-zone.ts';
import type { Known } from './testing/fake-zone.ts';

const search = (names: Readonly<Record<string, Known>>, given: Partial<HostSearch> = {}): HostSearch => ({
  resolver: fakeZone(names).resolver,
  isOwnName: (name) => name === 'mail.our.test',
  random: () => 0,
  withinMs: 1000,
  ...given,
});
const mx = (...records: readonly (readonly [number, string])[]): Known => ({
  mx: records.map(([preference, exchange]) => ({ preference, exchange })),
});
const namesOf = async (domain: string, given: HostSearch): Promise<readonly string[] | string> => {
  const found = await findHosts(domain, given);
  return found.ok ? found.value.hosts.map(({ name }) => name) : `${found.error.result} ${found.error.status}`;
};

test('MX hosts by preference, each once', async () => {
  const zone = search({ 'a.test': mx([20, 'b.a.test'], [10, 'a.a.test'], [30, 'a.a.test']) });
  expect(await namesOf('a.test', zone)).toEqual(['a.a.test', 'b.a.test']);
});

test('hosts of equal preference are shuffled', async () => {
  const keys = [0.9, 0.1, 0.5];
  const zone = search(
    { 'a.test': mx([10, 'x.test'], [10, 'y.test'], [10, 'z.test']) },
    { random: () => keys.shift() ?? 0 },
  );
  expect(await namesOf('a.test', zone)).toEqual(['y.test', 'z.test', 'x.test']);
});

test('names outside ASCII are asked for in A-labels', async () => {
  const zone = search({ 'xn--bcher-kva.test': mx([1, 'mx.test']) });
  expect(await namesOf('bücher.test', zone)).toEqual(['mx.test']);
});

test('an underscore in the name of a host does no harm', async () => {
  expect(await namesOf('a.test', search({ 'a.test': mx([1, 'mx_1.test']) }))).toEqual(['mx_1.test']);
});

test('a long list is cut', async () => {
  const all = Array.from({ length: 50 }, (_, at) => [at, `m${at}.test`] as const);
  expect(await namesOf('a.test', search({ 'a.test': mx(...all) }))).toHaveLength(10);
});

describe('without MX', () => {
  test('the domain is the host', async () => {
    const found = await findHosts('a.test', search({ 'a.test': { addresses: ['192.0.2.1'], authentic: true } }));
    expect(found).toMatchObject({ ok: true, value: { authentic: true, hosts: [{ name: 'a.test' }] } });
  });
  test('the end of its CNAMEs is', async () => {
    const zone = search({ 'a.test': { alias: 'b.test', authentic: true }, 'b.test': { addresses: ['192.0.2.1'] } });
    const found = await findHosts('a.test', zone);
    expect(found).toMatchObject({
      ok: true,
      value: { domain: 'a.test', expanded: 'b.test', authentic: false, hosts: [{ name: 'b.test' }] },
    });
  });
});

test('the CNAMEs of a domain are followed to its MX', async () => {
  const zone = search({
    'a.test': { alias: 'b.test', authentic: true },
    'b.test': { ...mx([1, 'm.test']), authentic: true },
  });
  expect(await findHosts('a.test', zone)).toMatchObject({ ok: true, value: { expanded: 'b.test', authentic: true } });
});

describe('address literals', () => {
  test.each([
    ['[192.0.2.1]', '192.0.2.1'],
    ['[IPv6:2001:db8::1]', '2001:db8::1'],
  ])('%s', async (domain, address) => {
    expect(await findHosts(domain, search({}))).toMatchObject({
      ok: true,
      value: { authentic: false, hosts: [{ name: address, addresses: [address] }] },
    });
  });
  test('of another kind', async () => expect(await namesOf('[x400:abc]', search({}))).toBe('failed 5.1.2'));
});

describe('no way', () => {
  test.each<[string, Readonly<Record<string, Known>>, string]>([
    ['a null MX', { 'a.test': mx([0, '']) }, 'failed 5.1.10'],
    ['no such domain', {}, 'failed 5.1.2'],
    ['MX that are no names', { 'a.test': mx([1, '192.0.2.1'], [2, 'a b.test']) }, 'failed 5.4.4'],
    ['SERVFAIL', { 'a.test': { mx: 'server-failure' } }, 'later 4.4.3'],
    ['a timeout', { 'a.test': { mx: 'timeout' } }, 'later 4.4.3'],
    ['we are the best host', { 'a.test': mx([10, 'mail.our.test'], [10, 'b.test'], [20, 'c.test']) }, 'failed 5.4.6'],
    ['its CNAME is us', { 'a.test': { alias: 'mail.our.test' }, 'mail.our.test': {} }, 'failed 5.4.6'],
  ])('%s', async (_, names, outcome) => expect(await namesOf('a.test', search(names))).toBe(outcome));
  test('the domain itself is our own host name', async () => {
    expect(await namesOf('mail.our.test', search({}))).toBe('failed 5.4.6');
  });
  test('a name that is none', async () => expect(await namesOf('a..test', search({}))).toBe('failed 5.1.2'));
});

test('hosts that are better than ourselves are asked, others not', async () => {
  const zone = search({ 'a.test': mx([5, 'first.test'], [10, 'mail.our.test'], [20, 'last.test']) });
  expect(await namesOf('a.test', zone)).toEqual(['first.test']);
});
