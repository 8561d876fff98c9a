import { createServer } from 'node:https';
import type { RequestListener } from 'node:http';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../base/result.ts';
import { localhostCertificate } from '../net/test-certificates.ts';
import { policyFetcher } from './fetch-policy.ts';
import { MtaSts } from './mta-sts.ts';
import type { MtaStsOptions, StsMemory, StsRecord } from './mta-sts.ts';
import { fakeZone } from './testing/fake-zone.ts';
import type { Known } from './testing/fake-zone.ts';
import type { TlsFact } from './tls-report.ts';

const text = (mode: string, maxAge = 86_400): string =>
  `version: STSv1\nmode: ${mode}\nmx: mx.a.test\nmax_age: ${maxAge}\n`;
const policy = (id: string): Known => ({ txt: [`v=STSv1; id=${id};`] });

/** A domain whose DNS and web server change while time goes on. */
function stage() {
  const kept = new Map<string, StsRecord>();
  const memory: StsMemory = {
    load: async (domain) => kept.get(domain),
    async save(record) {
      kept.set(record.domain, record);
    },
    due: async (fetched, used) =>
      [...kept.values()].filter((record) => record.fetchedAtMs < fetched && record.usedAtMs >= used),
    async forget(before) {
      for (const record of kept.values()) if (record.usedAtMs < before) kept.delete(record.domain);
    },
  };
  const facts: TlsFact[] = [];
  const state = {
    names: { '_mta-sts.a.test': policy('1') } as Record<string, Known>,
    answer: ok(text('enforce')) as Awaited<ReturnType<MtaStsOptions['fetchPolicy']>>,
    fetched: 0,
    now: 1_000_000_000_000,
  };
  const resolver = new Proxy(fakeZone({}).resolver, {
    get: (_, key: 'txt') => fakeZone(state.names).resolver[key],
  });
  const sts = new MtaSts({
    ...{ resolver, memory, reporter: { record: (fact) => facts.push(fact) } },
    async fetchPolicy() {
      state.fetched++;
      return state.answer;
    },
    now: () => state.now,
  });
  const ask = async (): Promise<string> => {
    const found = await sts.policyFor('a.test');
    return found.kind === 'policy' ? found.policy.mode : found.kind;
  };
  return { state, sts, ask, kept, facts };
}
const down = fail({ kind: 'connection', text: 'ECONNREFUSED' } as const);
const hour = 3_600_000;

test('a policy is fetched once, and again when its id changes', async () => {
  const { state, ask } = stage();
  expect([await ask(), await ask()]).toEqual(['enforce', 'enforce']);
  expect(state.fetched).toBe(1);
  state.names = { '_mta-sts.a.test': policy('2') };
  state.answer = ok(text('testing'));
  expect(await ask()).toBe('testing');
});

test('those who ask at the same time share one fetch', async () => {
  const { state, ask } = stage();
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(['enforce', 'enforce', 'enforce']);
  expect(state.fetched).toBe(1);
});

describe('a policy that was seen stays in force for its time', () => {
  test.each<[string, Record<string, Known>, Partial<{ down: boolean }>]>([
    ['when the record is suppressed', {}, {}],
    ['when the DNS fails', { '_mta-sts.a.test': { txt: 'server-failure' } }, {}],
    ['when a new one cannot be fetched', { '_mta-sts.a.test': policy('2') }, { down: true }],
    ['when there are two records', { '_mta-sts.a.test': { txt: ['v=STSv1; id=1', 'v=STSv1; id=2'] } }, {}],
  ])('%s', async (_, names, { down: isDown = false }) => {
    const { state, ask } = stage();
    await ask();
    state.names = names;
    if (isDown) state.answer = down;
    state.now += 23 * hour;
    expect(await ask()).toBe('enforce');
  });
  test('and no longer', async () => {
    const { state, ask } = stage();
    await ask();
    state.names = {};
    state.now += 25 * hour;
    expect(await ask()).toBe('none');
  });
});

describe('without a policy', () => {
  test('no record', async () => {
    const { state, ask } = stage();
    state.names = {};
    expect(await ask()).toBe('none');
    expect(state.fetched).toBe(0);
  });
  test('a DNS that fails is not the same as none', async () => {
    const { state, ask } = stage();
    state.names = { '_mta-sts.a.test': { txt: 'timeout' } };
    expect(await ask()).toBe('unknown');
  });
  test.each([
    [down, 'sts-policy-fetch-error'],
    [fail({ kind: 'certificate', text: 'CERT_HAS_EXPIRED' } as const), 'sts-webpki-invalid'],
    [ok('mode: enforce'), 'sts-policy-invalid'],
  ] as const)('one that cannot be had is none, is told, and is not asked for again at once', async (answer, result) => {
    const { state, ask, facts } = stage();
    state.answer = answer;
    expect([await ask(), await ask()]).toEqual(['none', 'none']);
    expect(state.fetched).toBe(1);
    expect(facts).toMatchObject([{ policyType: 'sts', policyDomain: 'a.test', result }]);
    state.now += 6 * 60_000;
    state.answer = ok(text('enforce'));
    expect(await ask()).toBe('enforce');
  });
});

test('policies in use are fetched again before they expire, others are forgotten', async () => {
  const { state, sts, ask, kept } = stage();
  await ask();
  state.now += 13 * hour;
  await sts.refresh();
  expect(state.fetched).toBe(2);
  expect(kept.get('a.test')?.fetchedAtMs).toBe(state.now);
  state.now += 181 * 24 * hour;
  await sts.refresh();
  expect(kept.size).toBe(0);
});

describe('the web server of a policy', () => {
  const closing: (() => void)[] = [];
  afterEach(() => {
    for (const close of closing.splice(0)) close();
  });
  const get = async (answer: RequestListener, ca: string | undefined, host = 'localhost'): Promise<string> => {
    const server = createServer({ cert: localhostCertificate.certPem, key: localhostCertificate.keyPem }, answer);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closing.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { resolver } = fakeZone({ [host]: { addresses: ['127.0.0.1'] } });
    const got = await policyFetcher({ resolver, port, ca })(host);
    return got.ok ? got.value : `${got.error.kind}: ${got.error.text}`;
  };
  const plain: RequestListener = (asked, answer) =>
    answer.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(`${asked.url} ${asked.headers.host}`);
  const { certPem: ca } = localhostCertificate;

  test('gives it', async () => {
    expect(await get(plain, ca)).toMatch(/^\/\.well-known\/mta-sts\.txt localhost:\d+$/);
  });
  test('that nobody vouches for', async () => {
    expect(await get(plain, undefined)).toBe('certificate: DEPTH_ZERO_SELF_SIGNED_CERT');
  });
  test('that has another name', async () => {
    expect(await get(plain, ca, 'mta-sts.a.test')).toBe('certificate: ERR_TLS_CERT_ALTNAME_INVALID');
  });
  test('that redirects', async () => {
    const answer = await get((_, reply) => reply.writeHead(302, { location: 'https://x.test/' }).end(), ca);
    expect(answer).toBe('answer: status 302');
  });
  test('that gives a web page', async () => {
    const answer = await get((_, reply) => reply.writeHead(200, { 'content-type': 'text/html' }).end('<p>'), ca);
    expect(answer).toBe('answer: content type text/html');
  });
  test('that never stops', async () => {
    const answer = await get((_, reply) => {
      reply.writeHead(200, { 'content-type': 'text/plain' });
      const more = (): void => {
        while (!reply.destroyed && reply.write('x'.repeat(10_000)));
      };
      reply.on('drain', more);
      more();
    }, ca);
    expect(answer).toBe('answer: more than 65536 octets');
  });
  test('that is not there', async () => {
    const { resolver } = fakeZone({});
    expect(await policyFetcher({ resolver, port: 1, ca: undefined })('x.test')).toMatchObject({
      ok: false,
      error: { kind: 'connection' },
    });
  });
});
