import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import type { DnsFailure, Lookup, MxRecord } from '../base/resolver.ts';
import { fail, ok } from '../base/result.ts';
import { createSenderDomains } from './sender-domains.ts';
import { TestDirectory } from './test-directory.ts';

type Told<T> = readonly T[] | DnsFailure;

const noData = { kind: 'no-data', name: 'end.example', authentic: false } as const;
const noDomain = { kind: 'no-such-domain', name: 'x.example', authentic: false } as const;

function setUp(mx: Told<MxRecord>, addresses: Told<string> = noDomain, isExempt = false) {
  const asked: string[] = [];
  const tell =
    <T>(type: string, told: Told<T>): Lookup<T> =>
    async (name, options) => {
      expect(options?.withinMs).toBeGreaterThan(0);
      asked.push(`${type} ${name}`);
      if ('kind' in told) return fail(told);
      return ok({ records: told, authentic: false, ttlSeconds: 1, name });
    };
  const senderDomains = createSenderDomains({
    resolver: { mx: tell('mx', mx), addresses: tell('addresses', addresses) },
    directory: new TestDirectory(),
    isExempt: () => isExempt,
    log: silentLog,
  });
  return { asked, judge: (domain: string) => senderDomains.judge({ localPart: 'a', domain }, '192.0.2.1') };
}

test.each<[string, Told<MxRecord>, Told<string>, string]>([
  ['an MX', [{ preference: 1, exchange: 'mx.example' }], noDomain, 'fine'],
  ['an address', noData, ['192.0.2.1'], 'fine'],
  ['a null MX', [{ preference: 0, exchange: '' }], noDomain, 'null-mx'],
  ['neither', noData, noData, 'missing'],
  ['no such domain', noDomain, ['192.0.2.1'], 'missing'],
  ['no such domain at the end of a CNAME', noData, noDomain, 'missing'],
  ['a failure of the first', { kind: 'server-failure' }, noDomain, 'unknown'],
  ['a failure of the second', noData, { kind: 'timeout' }, 'unknown'],
  ['nonsense', { kind: 'malformed' }, noDomain, 'unknown'],
])('%s', async (_name, mx, addresses, want) => {
  expect(await setUp(mx, addresses).judge('x.example')).toBe(want);
});

test('without an MX, addresses are those of the name at the end of the CNAMEs', async () => {
  const { asked, judge } = setUp(noData, ['192.0.2.1']);
  await judge('x.example');
  expect(asked).toEqual(['mx x.example', 'addresses end.example']);
});

test('our own domains and exempt clients are not looked up', () => {
  const own = setUp(noDomain);
  expect(own.judge('example.org')).toBeUndefined();
  const exempt = setUp(noDomain, noDomain, true);
  expect(exempt.judge('x.example')).toBeUndefined();
  expect([...own.asked, ...exempt.asked]).toEqual([]);
});
