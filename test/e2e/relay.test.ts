/** Mail leaves to a world that misbehaves: a posthorn process, a fake DNS and fake hosts. */
import { createHash, X509Certificate } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FakeHost } from '../../src/relay/testing/fake-host.ts';
import { startInternet } from './harness/fake-internet.ts';
import type { FakeInternet } from './harness/fake-internet.ts';
import { ImapSession } from './harness/imap-session.ts';
import { startServe } from './harness/server.ts';
import type { TestServer } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@example.test', password: 'a long password' };
const hosts: Record<string, FakeHost> = {};
let internet: FakeInternet;
let server: TestServer;

const spkiHash = (pem: string): Buffer =>
  createHash('sha256')
    .update(new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' }))
    .digest();

beforeAll(async () => {
  internet = await startInternet(['mx.secure.test', 'mta-sts.sts.test', 'mta-sts.badsts.test', 'mx.other.test']);
  const { names } = internet;
  const secure = { certificate: await internet.certificate('mx.secure.test') };
  const other = { certificate: await internet.certificate('mx.other.test') };
  const add = async (name: string, ...rest: readonly [Parameters<FakeInternet['addHost']>[1], boolean?]) => {
    hosts[name] = await internet.addHost(`mx.${name}.test`, ...rest);
    names[`${name}.test`] = { mx: `mx.${name}.test`, signed: rest[1] ?? false };
  };
  await add('plain', {});
  await add('tls', other);
  await add('badtls', { breaksTls: true });
  await add('busy', { mail: '451 4.3.0 busy' });
  await add('drops', { end: 'drop' });
  await add('refuses', { rcpt: () => '550 5.1.1 nobody here' });
  await add('seven', { offers: ['SIZE 1000000'] });
  await add('limits', { offers: ['PIPELINING', '8BITMIME', 'LIMITS RCPTMAX=2'] });
  await add('floods', { floods: true });
  await add('badsts', other);
  await add('secure', secure, true);
  await add('baddane', other, true);
  const tlsaOf = (name: string): string => `_${internet.mailPort}._tcp.mx.${name}.test`;
  names[tlsaOf('secure')] = { tlsa: spkiHash(secure.certificate.certPem), signed: true };
  names[tlsaOf('baddane')] = { tlsa: Buffer.alloc(32), signed: true };
  names['sts.test'] = { mx: 'mx.secure.test' };
  names['alias.test'] = { cname: 'plain.test' };
  names['null.test'] = { mx: '' };
  names['servfail.test'] = { fails: true };
  const policy = (mx: string): string => `version: STSv1\nmode: enforce\nmx: ${mx}\nmax_age: 86400\n`;
  await internet.addPolicy('sts.test', policy('mx.secure.test'));
  await internet.addPolicy('badsts.test', policy('mx.badsts.test'));
  server = await startServe({
    accounts: [ann],
    config: [...internet.config, 'queue: { firstRetryMinutes: 0.05, longestRetryMinutes: 0.05 }'],
  });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await internet?.[Symbol.asyncDispose]();
});

async function send(subject: string, to: readonly string[], text = 'hello\n.dot\n'): Promise<void> {
  const transport = createTransport({
    ...{ host: '127.0.0.1', port: server.ports.submission, ignoreTLS: true },
    auth: { user: ann.address, pass: ann.password },
  });
  await transport.sendMail({ from: ann.address, to: [...to], subject, text, textEncoding: 'quoted-printable' });
  transport.close();
}
interface Listed {
  readonly recipient: string;
  readonly attempts: number;
  readonly story: readonly {
    readonly result: string;
    readonly summary: string;
    readonly hosts: readonly { tls?: string; verdict?: string }[];
  }[];
}
async function queued(domain: string): Promise<readonly Listed[]> {
  const { stdout } = await server.admin('queue', 'list', '--json', '--to', `@${domain}`);
  return JSON.parse(stdout) as readonly Listed[];
}
const taken = (name: string): readonly string[] => hosts[name]?.taken.map(({ octets }) => octets.toString()) ?? [];
const gets = (name: string, subject: string): Promise<void> =>
  vi.waitFor(
    () =>
      expect(
        taken(name).some((text) => text.includes(`Subject: ${subject}`)),
        name,
      ).toBe(true),
    wait,
  );
const wait = { timeout: 90_000, interval: 100 };

test('one message to many domains: each gets it as well as it can be had', async () => {
  const domains = ['plain', 'tls', 'badtls', 'secure', 'sts', 'alias', 'seven'];
  await send(
    'many',
    domains.map((name) => `x@${name}.test`),
  );
  for (const name of ['plain', 'tls', 'badtls', 'secure', 'seven']) await gets(name, 'many');
  expect(hosts['tls']?.taken[0]?.isTls).toBe(true);
  expect(hosts['badtls']?.taken[0]?.isTls).toBe(false);
  await vi.waitFor(
    () => expect(hosts['secure']?.taken.map(({ to }) => to[0]).toSorted()).toEqual(['x@secure.test', 'x@sts.test']),
    wait,
  );
  expect(hosts['secure']?.taken.every(({ isTls }) => isTls)).toBe(true);
  await vi.waitFor(() => expect(hosts['plain']?.taken.map(({ to }) => to[0])).toContain('x@alias.test'), wait);
  expect(taken('plain')[0]).toContain('DKIM-Signature:');
});

test('more recipients than a host takes at once', async () => {
  const to = [1, 2, 3, 4, 5].map((n) => `u${n}@limits.test`);
  await send('limits', to);
  await vi.waitFor(() => expect(hosts['limits']?.taken.flatMap((each) => each.to).toSorted()).toEqual(to), wait);
  expect(hosts['limits']?.taken.every((each) => each.to.length <= 2)).toBe(true);
});

test('a host that is busy, and one that hangs up after the end: it comes again', async () => {
  await send('again', ['x@busy.test', 'x@drops.test']);
  await vi.waitFor(async () => expect((await queued('busy.test'))[0]?.attempts).toBeGreaterThan(0), wait);
  await gets('drops', 'again');
  hosts['busy']?.behave({});
  hosts['drops']?.behave({});
  await gets('busy', 'again');
  await vi.waitFor(() => expect(taken('drops').length).toBeGreaterThan(1), wait);
  await vi.waitFor(async () => expect([await queued('busy.test'), await queued('drops.test')]).toEqual([[], []]), wait);
});

test('nobody who cannot be trusted, or floods, or whose name cannot be looked up, gets anything; the story says why', async () => {
  const names = ['badsts', 'baddane', 'floods', 'servfail'];
  await send(
    'nothing',
    names.map((name) => `x@${name}.test`),
  );
  const why = { badsts: /certificate|STARTTLS/, baddane: /DANE/, floods: /MAIL/, servfail: /MX records/ };
  for (const [name, summary] of Object.entries(why)) {
    const summaries = async () => (await queued(`${name}.test`))[0]?.story.map((each) => each.summary).join() ?? '';
    await vi.waitFor(async () => expect(await summaries()).toMatch(summary), wait);
    expect(taken(name)).toEqual([]);
  }
  for (const name of names) await server.admin('queue', 'drop', '--to', `@${name}.test`);
});

test('what is final comes back, with the reason', async () => {
  await send('final', ['x@refuses.test', 'x@null.test', 'x@nowhere.test']);
  const imap = await ImapSession.login(server.ports.imap, ann.address, ann.password);
  let inbox = '';
  const look = async () => {
    await imap.ok('SELECT INBOX');
    const { untagged } = await imap.ok('UID FETCH 1:* (BODY.PEEK[])');
    inbox = untagged.flatMap(({ literals }) => literals.map(String)).join('\n');
    for (const name of ['refuses', 'null', 'nowhere'])
      expect(inbox).toContain(`Final-Recipient: rfc822; x@${name}.test`);
  };
  await vi.waitFor(look, wait);
  await imap.logout();
  expect(inbox).toMatch(/Final-Recipient: rfc822;\s*x@refuses\.test[^]*?Status: 5\.1\.1/);
  expect(inbox).toMatch(/Status: 5\.1\.10/);
  expect(inbox).toMatch(/Status: 5\.1\.2/);
  expect(inbox).toContain('550 5.1.1 nobody here');
});
