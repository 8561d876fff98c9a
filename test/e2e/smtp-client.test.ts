/** `posthorn/smtp-client` against a server that others wrote (the package smtp-server), and against our own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { SmtpClient, SmtpError, type SmtpClientOptions } from 'posthorn/smtp-client';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ed25519Certificate } from '../../src/net/client-certificate.ts';
import { localhostCertificate, otherCertificate } from '../../src/net/test-certificates.ts';
import { ImapSession } from './harness/imap-session.ts';
import { mustRun } from './harness/programs.ts';
import { localCertificate, startLocal, startServe, type TestServer } from './harness/server.ts';

const password = { kind: 'password', username: 'post@localhost', password: 'posthorn' } as const;
const big = Buffer.concat(
  Array.from({ length: 4000 }, (_, n) => Buffer.from(n % 3 === 0 ? `.line ${n} é\r\n` : `line ${n}\r\n`)),
);
const message = Buffer.concat([Buffer.from('From: a@client.test\r\nSubject: client ✓\r\n\r\n'), big]);

/** In pieces of an odd size. */
function* pieces(octets: Uint8Array, step = 997): Generator<Uint8Array> {
  for (let at = 0; at < octets.length; at += step) yield octets.subarray(at, at + step);
}

describe('the package smtp-server', () => {
  async function withPeer(
    options: SMTPServerOptions,
    client: Partial<SmtpClientOptions>,
    run: (client: SmtpClient, received: Buffer[]) => Promise<void>,
  ): Promise<void> {
    const received: Buffer[] = [];
    const server = new SMTPServer({
      ...{ cert: localhostCertificate.certPem, key: localhostCertificate.keyPem, logger: false },
      onAuth: (auth, _, done) =>
        auth.password === 'posthorn' || auth.accessToken === 'token'
          ? done(null, { user: 'post' })
          : done(new Error('wrong')),
      onData(stream, _, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          received.push(Buffer.concat(chunks));
          done();
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.server.address() as AddressInfo;
      const connected = await SmtpClient.connect({
        ...{ host: '127.0.0.1', port, serverName: 'localhost', ca: localhostCertificate.certPem },
        ...{ tls: 'starttls', ehloName: 'client.test', ...client },
      });
      await run(connected, received);
      await connected.quit();
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  }

  test.each(['PLAIN', 'LOGIN'])('STARTTLS, %s, two messages on one connection', (mechanism) =>
    withPeer({ authMethods: [mechanism] }, {}, async (client, received) => {
      expect(client.tls?.protocol).toBe('TLSv1.3');
      expect(await client.authenticate(password)).toBe(mechanism);
      for (const _ of [1, 2]) {
        const envelope = { from: 'a@client.test', to: ['b@server.test'], body: '8bit', size: message.length } as const;
        expect((await client.send(envelope, pieces(message))).reply?.code).toBe(250);
      }
      expect(received.map((octets) => octets.equals(message))).toEqual([true, true]);
    }),
  );
  test('implicit TLS and a token', () =>
    withPeer({ secure: true, authMethods: ['XOAUTH2'] }, { tls: 'implicit' }, async (client) => {
      expect(await client.authenticate({ kind: 'token', username: 'post', token: 'token' })).toBe('XOAUTH2');
    }));
  test('a wrong password', () =>
    withPeer({}, {}, async (client) => {
      const error: unknown = await client.authenticate({ ...password, password: 'x' }).catch((e: unknown) => e);
      expect(error).toMatchObject({ step: 'AUTH', fault: 'refused', code: 535, permanence: 'permanent' });
    }));
  test.each([
    ['another name', { serverName: 'mail.example.test' }, 'certificate'],
    ['another authority', { ca: otherCertificate.certPem }, 'certificate'],
    ['a check of our own', { verify: () => 'not this one' }, 'certificate'],
  ])('the certificate: %s', async (_, options, fault) => {
    const error: unknown = await withPeer({}, options, () => Promise.reject(new Error('connected'))).catch(
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(SmtpError);
    expect(error).toMatchObject({ step: 'STARTTLS', fault });
  });
  test('a check of our own sees the chain', () => {
    const subjects: string[] = [];
    return withPeer(
      {},
      {
        verify: ({ chain, pkixFault }) => {
          subjects.push(...chain.map(({ subject }) => subject), String(pkixFault));
          return undefined;
        },
      },
      async (client) => {
        expect(client.tls).toBeDefined();
        expect(subjects).toEqual(['CN=localhost', 'undefined']);
        await Promise.resolve();
      },
    );
  });
  test('a client key given as its seed reaches the server', async () => {
    const seen: (string | undefined)[] = [];
    await withPeer(
      {
        ...{ requestCert: true, rejectUnauthorized: false, authOptional: true },
        onSecure(socket, _, done) {
          if (socket instanceof TLSSocket) seen.push(socket.getPeerX509Certificate()?.publicKey.asymmetricKeyType);
          done();
        },
      },
      { clientKey: { ed25519Seed: Buffer.alloc(32, 7) } },
      () => Promise.resolve(),
    );
    expect(seen).toEqual(['ed25519']);
  });
});

describe('our own server', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startLocal();
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  async function newest(): Promise<Buffer> {
    const imap = await ImapSession.login(server.ports.imap, password.username, password.password);
    const { untagged: selected } = await imap.ok('SELECT INBOX');
    const count = selected.map(({ line }) => /(\d+) EXISTS/.exec(line)?.[1]).find((found) => found !== undefined);
    const { untagged } = await imap.ok(`FETCH ${count} BODY.PEEK[]`);
    await imap.logout();
    return untagged[0]?.literals[0] ?? Buffer.alloc(0);
  }
  const connect = (options: Partial<SmtpClientOptions> = {}) =>
    SmtpClient.connect({
      ...{ host: '127.0.0.1', port: server.ports.submission, tls: 'starttls', serverName: 'localhost' },
      ...{ ca: readFileSync(localCertificate(server), 'utf8'), ehloName: 'client.test', ...options },
    });

  test.each([false, true])('the octets arrive; in chunks: %s', async (chunking) => {
    await using client = await connect();
    await client.authenticate(password);
    const envelope = { from: password.username, to: ['x@elsewhere.test'], body: '8bit', chunking } as const;
    const { reply, recipients } = await client.send(envelope, pieces(message, 30_011));
    expect(reply?.code).toBe(250);
    expect(recipients.map(({ state }) => state)).toEqual(['accepted']);
    expect((await newest()).subarray(-big.length).equals(big)).toBe(true);
  });
  test('a hundred recipients, DSN, UTF-8 addresses', async () => {
    await using client = await connect({ port: server.ports.submissions, tls: 'implicit' });
    await client.authenticate(password);
    const to = Array.from({ length: 100 }, (_, n) => ({ address: `r${n}@elsewhere.test`, notify: ['never'] as const }));
    const { recipients } = await client.send(
      { from: password.username, to, dsn: { return: 'headers', envelopeId: 'a+b' } },
      pieces(Buffer.from('Subject: many\r\n\r\nx\r\n')),
    );
    expect(recipients.filter(({ state }) => state === 'accepted')).toHaveLength(100);
    const utf8 = { from: password.username, to: ['é@exämple.test'] };
    expect((await client.send(utf8, [Buffer.from('Subject: é\r\n\r\nx\r\n')])).reply?.code).toBe(250);
  });
});

test('a client key given as its seed logs in to our own server, which knows it', async () => {
  const account = { name: 'ann', address: 'ann@example.test', password: 'a long password' };
  await using server = await startServe({ accounts: [account] });
  const seed = Buffer.alloc(32, 9);
  const program = join(import.meta.dirname, '../../bin/posthorn');
  const add = ['config', 'tlspubkey', 'add', account.address, '--config', server.config];
  await mustRun(program, add, { input: ed25519Certificate(seed).certPem });
  const options = { host: '127.0.0.1', port: server.ports.submissions, tls: 'implicit', verify: 'none' } as const;
  const envelope = { from: account.address, to: [account.address] };
  const content = [Buffer.from('From: ann@example.test\r\nSubject: by key\r\n\r\nx\r\n')];
  await using known = await SmtpClient.connect({ ...options, ehloName: 'c.test', clientKey: { ed25519Seed: seed } });
  expect((await known.send(envelope, content)).reply?.code).toBe(250);
  await using nobody = await SmtpClient.connect({ ...options, ehloName: 'c.test' });
  await expect(nobody.send(envelope, content)).rejects.toMatchObject({ step: 'MAIL', code: 530 });
});
