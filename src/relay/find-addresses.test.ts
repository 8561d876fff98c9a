import { describe, expect, test } from 'vitest';
import type { TlsaRecord } from '../base/resolver.ts';
import { findAddresses } from './find-addresses.ts';
import type { AddressSearch } from './find-addresses.ts';
import { fakeZone } from './testing/fake-zone.ts';
import type { Known } from './testing/fake-zone.ts';

const record: TlsaRecord = { usage: 3, selector: 1, matchingType: 1, data: Buffer.alloc(32) };
const unusable: TlsaRecord = { ...record, usage: 1 };
const tlsa = (records: Known['tlsa'] = [record], authentic = true): Known => ({ tlsa: records, authentic });
const at = (authentic: boolean, ...addresses: readonly string[]): Known => ({ addresses, authentic });
const to = (alias: string, authentic: boolean): Known => ({ alias, authentic });

interface Found {
  readonly dane: string;
  readonly asked: readonly string[];
}

/** What is found of `mx.a.test`: the kind of DANE and its base, and which TLSA were asked for. */
async function find(names: Readonly<Record<string, Known>>, hopIsAuthentic = true): Promise<Found> {
  const zone = fakeZone(names);
  const hop = { domain: 'a.test', expanded: 'a.test', authentic: hopIsAuthentic, hosts: [] };
  const found = await findAddresses(hop, { name: 'mx.a.test', addresses: undefined }, searchOf(zone.resolver));
  if (!found.ok) throw new Error(found.error.text);
  const { dane } = found.value;
  const asked = zone.asked.filter((question) => question.startsWith('tlsa')).map((question) => question.slice(5));
  return { dane: dane.kind === 'records' ? `${dane.base} ${dane.usable.length}` : dane.kind, asked };
}
const searchOf = (resolver: AddressSearch['resolver'], rest: Partial<AddressSearch> = {}): AddressSearch => ({
  ...{ resolver, families: 'both', port: 25, withinMs: 1000, skipDane: false },
  ...rest,
});
const own = '_25._tcp.mx.a.test';
const end = '_25._tcp.end.b.test';

describe('where TLSA records are looked for (RFC 7672 section 2.2.2)', () => {
  test('at the name of the host', async () => {
    const names = { 'mx.a.test': at(true, '192.0.2.1'), [own]: tlsa() };
    expect(await find(names)).toEqual({ dane: 'mx.a.test 1', asked: [own] });
  });
  test('first where its CNAMEs end, when all of them are signed', async () => {
    const names = { 'mx.a.test': to('end.b.test', true), 'end.b.test': at(true, '192.0.2.1') };
    expect(await find({ ...names, [end]: tlsa(), [own]: tlsa() })).toEqual({ dane: 'end.b.test 1', asked: [end] });
    expect(await find({ ...names, [own]: tlsa() })).toEqual({ dane: 'mx.a.test 1', asked: [end, own] });
    expect(await find(names)).toEqual({ dane: 'none', asked: [end, own] });
  });
  test('only at the name itself, when the end is not signed', async () => {
    const names = { 'mx.a.test': to('end.b.test', true), 'end.b.test': at(false, '192.0.2.1') };
    expect(await find({ ...names, [own]: tlsa(), [end]: tlsa() })).toEqual({ dane: 'mx.a.test 1', asked: [own] });
  });
  test('nowhere, when the first CNAME is not signed', async () => {
    const names = { 'mx.a.test': to('end.b.test', false), 'end.b.test': at(true, '192.0.2.1') };
    expect(await find({ ...names, [own]: tlsa(), [end]: tlsa() })).toEqual({ dane: 'none', asked: [] });
  });
  test('nowhere, when the addresses are not signed: such servers often do not even answer', async () => {
    const names = { 'mx.a.test': at(false, '192.0.2.1'), [own]: tlsa('timeout') };
    expect(await find(names)).toEqual({ dane: 'none', asked: [] });
  });
  test('nowhere, when the MX records are not signed', async () => {
    const names = { 'mx.a.test': at(true, '192.0.2.1'), [own]: tlsa() };
    expect(await find(names, false)).toEqual({ dane: 'none', asked: [] });
  });
});

describe('what they are worth', () => {
  const host = { 'mx.a.test': at(true, '192.0.2.1') };
  test.each<[string, Known, string]>([
    ['not signed', tlsa([record], false), 'none'],
    ['none that can be used', tlsa([unusable]), 'mx.a.test 0'],
    ['some that can', tlsa([unusable, record]), 'mx.a.test 1'],
    ['SERVFAIL', tlsa('server-failure'), 'failed'],
    ['no answer', tlsa('timeout'), 'failed'],
  ])('%s', async (_, known, want) => {
    expect((await find({ ...host, [own]: known })).dane).toBe(want);
  });
});

describe('addresses', () => {
  const both = fakeZone({ 'mx.a.test': at(false, '2001:db8::1', '192.0.2.1') }).resolver;
  const hop = { domain: 'a.test', expanded: 'a.test', authentic: false, hosts: [] };
  const host = { name: 'mx.a.test', addresses: undefined };
  test.each([
    ['both', ['2001:db8::1', '192.0.2.1']],
    ['ipv4', ['192.0.2.1']],
    ['ipv6', ['2001:db8::1']],
  ] as const)('%s', async (families, addresses) => {
    expect(await findAddresses(hop, host, searchOf(both, { families }))).toMatchObject({
      ok: true,
      value: { addresses },
    });
  });
  test('none of a family', async () => {
    const { resolver } = fakeZone({ 'mx.a.test': at(false, '192.0.2.1') });
    const found = await findAddresses(hop, host, searchOf(resolver, { families: 'ipv6' }));
    expect(found).toMatchObject({ ok: false, error: { result: 'failed', status: '5.4.4' } });
  });
  test('nobody asks for TLSA when the message does not care', async () => {
    const { resolver, asked } = fakeZone({ 'mx.a.test': at(true, '192.0.2.1'), [own]: tlsa('timeout') });
    const found = await findAddresses({ ...hop, authentic: true }, host, searchOf(resolver, { skipDane: true }));
    expect(found).toMatchObject({ ok: true, value: { dane: { kind: 'none' } } });
    expect(asked).toEqual(['addresses mx.a.test']);
  });
});
