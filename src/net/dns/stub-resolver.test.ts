import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Answer } from 'dns-packet';
import { afterEach, describe, expect, test } from 'vitest';
import type { Resolver } from '../../base/resolver.ts';
import { createStubResolver } from './stub-resolver.ts';
import type { StubResolverOptions } from './stub-resolver.ts';
import { startTestDns } from './test-server.ts';
import type { TestDnsServer, Told } from './test-server.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

type Zone = Readonly<Record<string, Told | readonly Told[]>>;

/** Keys are `TYPE name`, with `tcp ` in front for replies by TCP only. What is not there gets silence. */
async function serve(zone: Zone): Promise<TestDnsServer> {
  const server = await startTestDns((question, transport) => {
    const told = zone[`${transport} ${question}`] ?? zone[question];
    return told === undefined ? [] : isSeveral(told) ? told : [told];
  });
  open.push(server);
  return server;
}

function isSeveral(told: Told | readonly Told[]): told is readonly Told[] {
  return Array.isArray(told);
}

async function resolve(zone: Zone, options: StubResolverOptions = {}): Promise<Resolver & { asked: string[] }> {
  const { server, asked } = await serve(zone);
  return { ...createStubResolver({ servers: [server], tryMs: 100, rounds: 1, ...options }), asked };
}

const a = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, data, ttl, class: 'IN' });
const alias = (name: string, data: string, ttl = 60): Answer => ({ type: 'CNAME', name, data, ttl, class: 'IN' });
const soa = (name: string, ttl: number, minimum: number): Answer => ({
  type: 'SOA',
  name,
  ttl,
  class: 'IN',
  data: { mname: `ns.${name}`, rname: `hostmaster.${name}`, serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});

describe('records', () => {
  test('each type', async () => {
    const resolver = await resolve({
      'MX example.org': {
        answers: [
          { type: 'MX', name: 'EXAMPLE.org', ttl: 300, data: { preference: 20, exchange: 'B.example.org' } },
          { type: 'MX', name: 'example.org', ttl: 200, data: { preference: 10, exchange: 'a.example.org' } },
        ],
      },
      'MX null.example': {
        answers: [{ type: 'MX', name: 'null.example', ttl: 9, data: { preference: 0, exchange: '.' } }],
      },
      'TXT example.org': {
        answers: [{ type: 'TXT', name: 'example.org', ttl: 1, data: ['v=spf1 ', Buffer.from('-all')] }],
      },
      'TLSA _25._tcp.a.example.org': {
        authentic: true,
        answers: [
          {
            type: 'TLSA',
            name: '_25._tcp.a.example.org',
            ttl: 1,
            data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from('abcd', 'hex') },
          },
        ],
      },
      'PTR 1.2.0.192.in-addr.arpa': {
        answers: [{ type: 'PTR', name: '1.2.0.192.in-addr.arpa', ttl: 1, data: 'Mail.example.org' }],
      },
      'CNAME www.example.org': { answers: [alias('www.example.org', 'web.example.org')] },
    });
    expect(await resolver.mx('Example.ORG')).toEqual({
      ok: true,
      value: {
        records: [
          { preference: 10, exchange: 'a.example.org' },
          { preference: 20, exchange: 'b.example.org' },
        ],
        authentic: false,
        ttlSeconds: 200,
        name: 'example.org',
      },
    });
    expect(await resolver.mx('null.example')).toMatchObject({ value: { records: [{ preference: 0, exchange: '' }] } });
    expect(await resolver.txt('example.org')).toMatchObject({ value: { records: ['v=spf1 -all'] } });
    expect(await resolver.tlsa('_25._tcp.a.example.org')).toMatchObject({
      value: {
        records: [{ usage: 3, selector: 1, matchingType: 1, data: new Uint8Array([0xab, 0xcd]) }],
        authentic: true,
      },
    });
    expect(await resolver.ptr('192.0.2.1')).toMatchObject({ value: { records: ['mail.example.org'] } });
    expect(await resolver.cname('www.example.org')).toMatchObject({ value: { records: ['web.example.org'] } });
  });

  test('both families of addresses; one that cannot be had does not hide the other', async () => {
    const six: Answer = { type: 'AAAA', name: 'two.example', ttl: 30, data: '2001:db8::1' };
    const resolver = await resolve({
      'AAAA two.example': { answers: [six], authentic: true },
      'A two.example': { answers: [a('two.example', '192.0.2.1')], authentic: true },
      'AAAA broken.example': { rcode: 2 },
      'A broken.example': { answers: [a('broken.example', '192.0.2.2')], authentic: true },
      'AAAA unsafe.example': {},
      'A unsafe.example': { answers: [a('unsafe.example', '192.0.2.2')], authentic: true },
      'AAAA none.example': { rcode: 2 },
      'A none.example': {},
    });
    expect(await resolver.addresses('two.example')).toMatchObject({
      value: { records: ['2001:db8::1', '192.0.2.1'], authentic: true, ttlSeconds: 30 },
    });
    expect(await resolver.addresses('broken.example')).toMatchObject({
      value: { records: ['192.0.2.2'], authentic: true },
    });
    expect(await resolver.addresses('unsafe.example')).toMatchObject({ value: { authentic: false } });
    expect(await resolver.addresses('none.example')).toEqual({ ok: false, error: { kind: 'server-failure' } });
  });

  test('CNAMEs are followed, also out of order; circles are not', async () => {
    const long = Array.from({ length: 40 }, (_, n) => alias(`n${n}.example`, `n${n + 1}.example`));
    const resolver = await resolve({
      'A one.example': {
        answers: [
          a('three.example', '192.0.2.3', 90),
          alias('two.example', 'THREE.example', 30),
          alias('one.example', 'two.example'),
        ],
      },
      'A round.example': { answers: [alias('round.example', 'trip.example'), alias('trip.example', 'round.example')] },
      'A n0.example': { answers: [...long, a('n40.example', '192.0.2.4')] },
      'MX hop.example': { answers: [alias('hop.example', 'end.example')], authentic: true },
      'MX gone.example': { rcode: 3, answers: [alias('gone.example', 'lost.example')] },
    });
    expect(await resolver.a('one.example')).toMatchObject({
      value: { records: ['192.0.2.3'], name: 'three.example', ttlSeconds: 30 },
    });
    expect(await resolver.a('round.example')).toEqual({ ok: false, error: { kind: 'malformed' } });
    expect(await resolver.a('n0.example')).toEqual({ ok: false, error: { kind: 'malformed' } });
    expect(await resolver.mx('hop.example')).toEqual({
      ok: false,
      error: { kind: 'no-data', name: 'end.example', authentic: true },
    });
    expect(await resolver.mx('gone.example')).toMatchObject({
      error: { kind: 'no-such-domain', name: 'lost.example' },
    });
  });

  test('records of other names are not ours', async () => {
    const resolver = await resolve({ 'A x.example': { answers: [a('y.example', '192.0.2.66')] } });
    expect(await resolver.a('x.example')).toMatchObject({ error: { kind: 'no-data' } });
  });

  test.each(['', 'a..b', '.', 'a b.example', `${'a'.repeat(64)}.example`, `${'a.'.repeat(130)}example`, 'ä.example'])(
    'bad name %j',
    async (name) => {
      const resolver = await resolve({});
      expect(await resolver.a(name)).toEqual({ ok: false, error: { kind: 'bad-name' } });
      expect(await resolver.ptr(name)).toEqual({ ok: false, error: { kind: 'bad-name' } });
      expect(resolver.asked).toEqual([]);
    },
  );
});

describe('AD is believed', () => {
  const zone = {
    'A x.example': { authentic: true, answers: [a('x.example', '192.0.2.1')] },
    'MX x.example': { authentic: true },
  };

  test('of a server on this machine', async () => {
    const resolver = await resolve(zone);
    expect(await resolver.a('x.example')).toMatchObject({ value: { authentic: true } });
    expect(await resolver.mx('x.example')).toMatchObject({ error: { kind: 'no-data', authentic: true } });
  });

  test('unless the configuration says no', async () => {
    const resolver = await resolve(zone, { trustAd: false });
    expect(await resolver.a('x.example')).toMatchObject({ value: { authentic: false } });
    expect(await resolver.mx('x.example')).toMatchObject({ error: { kind: 'no-data', authentic: false } });
  });

  test('not when one of the servers is elsewhere', async () => {
    const { server } = await serve(zone);
    const resolver = createStubResolver({ servers: [server, { address: '192.0.2.53', port: 53 }] });
    expect(await resolver.a('x.example')).toMatchObject({ value: { authentic: false } });
  });
});

describe('misbehaviour', () => {
  const answers = [a('x.example', '192.0.2.1')];

  test('replies with another id or question, and garbage, are ignored until the right one comes', async () => {
    const lie = [a('x.example', '192.0.2.66')];
    const resolver = await resolve({
      'A x.example': [
        { idOffset: 1, answers: lie },
        { question: 'y.example', answers: lie },
        { garbage: Buffer.from('garbage') },
        { garbage: Buffer.alloc(0) },
        { answers },
      ],
    });
    expect(await resolver.a('x.example')).toMatchObject({ value: { records: ['192.0.2.1'] } });
  });

  test('so many of them that somebody must be guessing: asked by TCP', async () => {
    const resolver = await resolve({
      'udp A x.example': Array.from({ length: 40 }, (_, n) => ({ idOffset: n + 1, answers })),
      'tcp A x.example': { answers },
    });
    expect(await resolver.a('x.example')).toMatchObject({ value: { records: ['192.0.2.1'] } });
    expect(resolver.asked).toEqual(['udp A x.example', 'tcp A x.example']);
  });

  test('truncated: asked by TCP, where a large reply fits', async () => {
    const many = Array.from({ length: 400 }, (_, n) => a('x.example', `192.0.2.${n % 256}`));
    const resolver = await resolve({ 'udp A x.example': { truncated: true }, 'tcp A x.example': { answers: many } });
    const found = await resolver.a('x.example');
    expect(found.ok && found.value.records.length).toBe(400);
  });

  test.each<[string, Told, string]>([
    ['truncated by TCP as well', { truncated: true }, 'malformed'],
    ['another question by TCP', { question: 'y.example', answers }, 'malformed'],
  ])('%s', async (_name, told, kind) => {
    const resolver = await resolve({ 'udp A x.example': { truncated: true }, 'tcp A x.example': told });
    expect(await resolver.a('x.example')).toEqual({ ok: false, error: { kind } });
  });

  test('silence by UDP and by TCP', async () => {
    const resolver = await resolve({ 'udp A x.example': { truncated: true } });
    expect(await resolver.a('x.example')).toEqual({ ok: false, error: { kind: 'timeout' } });
    expect(await resolver.a('silent.example')).toEqual({ ok: false, error: { kind: 'timeout' } });
  });

  test('the right head with nonsense behind it', async () => {
    const server = createSocket('udp4');
    open.push({ close: async () => void server.close() });
    server.on('message', (query, from) => {
      const reply = Buffer.from(query);
      reply[2] = 0x81;
      reply.writeUInt16BE(7, 6);
      server.send(reply, from.port, from.address);
    });
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const resolver = createStubResolver({
      servers: [{ address: '127.0.0.1', port: server.address().port }],
      rounds: 1,
    });
    expect(await resolver.a('x.example')).toEqual({ ok: false, error: { kind: 'malformed' } });
  });

  test.each<[string, Told]>([
    ['fails', { rcode: 2 }],
    ['refuses', { rcode: 5 }],
    ['is silent', { idOffset: 1 }],
  ])('the next server is asked when one %s', async (_name, told) => {
    const bad = await serve({ 'A x.example': told });
    const good = await serve({ 'A x.example': { answers } });
    const resolver = createStubResolver({ servers: [bad.server, good.server], tryMs: 50 });
    expect(await resolver.a('x.example')).toMatchObject({ value: { records: ['192.0.2.1'] } });
    expect(bad.asked.length).toBe(1);
  });

  test('nobody listens: asked again up to the last round, then a failure', async () => {
    const gone = await startTestDns(() => []);
    await gone.close();
    const resolver = createStubResolver({ servers: [gone.server] });
    expect(await resolver.a('x.example')).toEqual({ ok: false, error: { kind: 'server-failure' } });
  });

  test('the deadline holds over all tries, and the caller may have a shorter one', async () => {
    const { server, asked } = await serve({});
    const resolver = createStubResolver({ servers: [server, server, server], tryMs: 40, deadlineMs: 60, rounds: 100 });
    expect(await resolver.a('x.example')).toEqual({ ok: false, error: { kind: 'timeout' } });
    expect(asked.length).toBeLessThan(10);
    const patient = createStubResolver({ servers: [server], deadlineMs: 300, tryMs: 300 });
    expect(await patient.a('x.example', { withinMs: 1 })).toEqual({ ok: false, error: { kind: 'timeout' } });
  });
});

describe('cache', () => {
  function tick(): { clock: { readonly now: () => number }; pass: (seconds: number) => void } {
    let now = 0;
    return { clock: { now: () => now }, pass: (seconds) => void (now += seconds * 1000) };
  }

  test('records are kept for their TTL, which grows shorter', async () => {
    const { clock, pass } = tick();
    const resolver = await resolve({ 'A x.example': { answers: [a('x.example', '192.0.2.1', 60)] } }, { clock });
    await resolver.a('x.example');
    pass(20);
    expect(await resolver.a('X.example')).toMatchObject({ value: { ttlSeconds: 40 } });
    expect(resolver.asked.length).toBe(1);
    pass(40);
    await resolver.a('x.example');
    expect(resolver.asked.length).toBe(2);
  });

  test('for a day at most, and not at all with a TTL of 0', async () => {
    const { clock, pass } = tick();
    const zone = {
      'A long.example': { answers: [a('long.example', '192.0.2.1', 10_000_000)] },
      'A zero.example': { answers: [a('zero.example', '192.0.2.1', 0)] },
    };
    const resolver = await resolve(zone, { clock });
    await resolver.a('long.example');
    pass(86_401);
    await resolver.a('long.example');
    await resolver.a('zero.example');
    await resolver.a('zero.example');
    expect(resolver.asked.length).toBe(4);
  });

  test.each<[string, Told, number]>([
    ['no such domain', { rcode: 3, authorities: [soa('example', 900, 300)] }, 300],
    ['no data, by the TTL of the SOA', { authorities: [soa('example', 100, 300)] }, 100],
    ['no data without SOA', {}, 0],
    ['a failure', { rcode: 2 }, 5],
  ])('%s', async (_name, told, seconds) => {
    const { clock, pass } = tick();
    const resolver = await resolve({ 'A x.example': told }, { clock });
    const first = await resolver.a('x.example');
    pass(Math.max(0, seconds - 1));
    expect(await resolver.a('x.example')).toEqual(first);
    expect(resolver.asked.length).toBe(seconds === 0 ? 2 : 1);
    pass(1);
    await resolver.a('x.example');
    expect(resolver.asked.length).toBe(seconds === 0 ? 3 : 2);
  });

  test('who asks the same at the same time shares the query', async () => {
    const resolver = await resolve({ 'A x.example': { answers: [a('x.example', '192.0.2.1')] } });
    const found = await Promise.all(Array.from({ length: 20 }, () => resolver.a('x.example')));
    expect(found.every((each) => each.ok)).toBe(true);
    expect(resolver.asked.length).toBe(1);
  });

  test('bounded: what was unused for longest goes first', async () => {
    const names = ['a.example', 'b.example', 'c.example'];
    const zone = Object.fromEntries(names.map((name) => [`A ${name}`, { answers: [a(name, '192.0.2.1')] }]));
    const resolver = await resolve(zone, { maxEntries: 2 });
    for (const name of ['a.example', 'b.example', 'a.example', 'c.example', 'a.example', 'b.example']) {
      await resolver.a(name);
    }
    expect(resolver.asked).toEqual(['udp A a.example', 'udp A b.example', 'udp A c.example', 'udp A b.example']);
  });
});
