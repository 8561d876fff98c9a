/** SCRAM as both faces speak it, against a client written apart from the server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGuard } from '../../src/directory/testing/login-guard.ts';
import type { TlsFacts } from '../../src/base/conversation.ts';
import { silentLog } from '../../src/base/log.ts';
import { scramClient } from '../../src/directory/test-scram-client.ts';
import type { ScramClientOptions } from '../../src/directory/test-scram-client.ts';
import { TestDirectory } from '../../src/receive/test-directory.ts';
import { TestStore } from '../../src/receive/test-store.ts';
import { smtpListenerOptions } from '../../src/serve/smtp/listener-options.ts';
import type { SmtpEvent } from '../../src/serve/smtp/services.ts';
import { createSmtpConversation } from '../../src/serve/smtp/smtp-conversation.ts';
import { openStage, type Actor, type Stage } from './imap-stage.ts';
import { ScriptedConnection } from './scripted-connection.ts';

const binding = Buffer.from('what only this connection knows');
const tls13: TlsFacts = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_128_GCM_SHA256',
  serverName: undefined,
  alpn: undefined,
  peerPublicKey: undefined,
  resumed: false,
  channelBinding: (type) => (type === 'tls-exporter' ? binding : undefined),
};

/** What a client sends and hears, in words that are the same for both protocols. */
interface Face {
  /** Begins; the answer is a challenge or the end. */
  begin(mechanism: string, first: string): Promise<string>;
  /** A response to a challenge. */
  respond(text: string): Promise<string>;
  offered(): Promise<string>;
  failedAttempts(): number;
}

interface World {
  readonly login: string;
  readonly password: string;
  disable(text: string): void;
  block(): void;
  connect(tls: TlsFacts | undefined): Promise<Face>;
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function imapWorld(): Promise<World> {
  const actor: Actor = await stage.newActor();
  return {
    login: 'post@localhost',
    password: 'posthorn',
    disable: (text) => void (actor.loginDisabled = text),
    block: () => void (actor.blocked = true),
    async connect(tls) {
      actor.options = { ...actor.options, plaintextLogin: false };
      const connection = actor.connect('c1', 65_536, tls);
      await connection.greet();
      return {
        begin: (mechanism, first) => connection.send(`a AUTHENTICATE ${mechanism} ${first}\r\n`),
        respond: (text) => connection.send(`${text}\r\n`),
        offered: () => connection.send('b CAPABILITY\r\n'),
        failedAttempts: () => actor.failures,
      };
    },
  };
}

async function smtpWorld(): Promise<World> {
  const directory = new TestDirectory();
  let attempts = 0;
  let blocked = false;
  const services = {
    store: new TestStore(),
    directory,
    failures: openGuard({
      attempt: () => {
        attempts++;
        return !blocked;
      },
      reset: () => void (attempts = 0),
    }),
    submit: () => Promise.reject(new Error('nothing is submitted here')),
    clock: { now: () => 0 },
    log: silentLog,
  };
  return {
    login: 'ann@example.org',
    password: 'secret-ann',
    disable: (loginDisabled) => directory.setAccount('ann', { loginDisabled }),
    block: () => void (blocked = true),
    async connect(tls) {
      const options = smtpListenerOptions({ role: 'submission', hostname: 'mx.example.org' });
      const connection = new ScriptedConnection<SmtpEvent>(createSmtpConversation(services, options), { tls });
      await connection.greet();
      const hello = await connection.send('EHLO client\r\n');
      return {
        begin: (mechanism, first) => connection.send(`AUTH ${mechanism} ${first}\r\n`),
        respond: (text) => connection.send(`${text}\r\n`),
        offered: () => Promise.resolve(hello),
        failedAttempts: () => attempts,
      };
    },
  };
}

const challengeIn = (said: string): string => /^(?:\+|334) (\S*)\r\n$/.exec(said)?.[1] ?? `not a challenge: ${said}`;

const faces = [
  { name: 'IMAP', world: imapWorld, ok: /^a OK \[CAPABILITY /, bad: /^a NO \[AUTHENTICATIONFAILED\]/ },
  { name: 'submission', world: smtpWorld, ok: /^235 2\.7\.0 /, bad: /^535 5\.7\.[78] / },
] as const;

describe.each(faces)('$name', ({ world: newWorld, ok, bad }) => {
  async function logIn(face: Face, mechanism: string, options: ScramClientOptions): Promise<string> {
    const client = scramClient(options);
    const challenge = await face.begin(mechanism, client.first);
    if (!/^(?:\+|334) /.test(challenge)) return challenge;
    const answer = await face.respond(client.final(challengeIn(challenge)));
    if (!/^(?:\+|334) /.test(answer)) return answer;
    expect(client.isServerProof(challengeIn(answer))).toBe(true);
    return face.respond('');
  }

  test.each([
    ['SCRAM-SHA-256', 'sha256', undefined],
    ['SCRAM-SHA-1', 'sha1', undefined],
    ['scram-sha-256', 'sha256', undefined],
    ['SCRAM-SHA-256-PLUS', 'sha256', binding],
    ['SCRAM-SHA-1-PLUS', 'sha1', binding],
  ] as const)('%s: each side proves that it knows the password', async (mechanism, digest, bound) => {
    const world = await newWorld();
    const face = await world.connect(tls13);
    const { login, password } = world;
    const options = { digest, login, password, ...(bound && { binding: bound }) };
    expect(await logIn(face, mechanism, options)).toMatch(ok);
    expect(face.failedAttempts()).toBe(0);
  });

  test('no password crosses the wire, so it needs no TLS; -PLUS is only told where there is a binding', async () => {
    const world = await newWorld();
    const { login, password } = world;
    const inClear = await world.connect(undefined);
    expect(await inClear.offered()).toMatch(/SCRAM-SHA-256\b/);
    expect(await inClear.offered()).not.toContain('-PLUS');
    expect(await inClear.offered()).not.toMatch(/[= ]PLAIN/);
    expect(await inClear.begin('SCRAM-SHA-256-PLUS', '=')).toMatch(/^(?:a NO \[PRIVACYREQUIRED\]|538 )/);
    expect(await logIn(inClear, 'SCRAM-SHA-256', { digest: 'sha256', login, password })).toMatch(ok);
    const onTls12 = await world.connect({ ...tls13, version: 'TLSv1.2', channelBinding: undefined });
    expect(await onTls12.offered()).not.toContain('-PLUS');
    expect(await onTls12.begin('SCRAM-SHA-256-PLUS', '=')).toMatch(/^(?:a NO \[CANNOT\]|504 )/);
    expect(await (await world.connect(tls13)).offered()).toMatch(/SCRAM-SHA-256-PLUS.*SCRAM-SHA-1-PLUS/s);
  });

  test('a wrong password and an unknown login get the same answers, and count', async () => {
    const world = await newWorld();
    const { login } = world;
    const face = await world.connect(tls13);
    const answers = [];
    for (const name of [login, `no${login}`, 'nonsense']) {
      answers.push(await logIn(face, 'SCRAM-SHA-256', { digest: 'sha256', login: name, password: 'wrong' }));
    }
    expect(answers[0]).toMatch(bad);
    expect(new Set(answers).size).toBe(1);
    expect(face.failedAttempts()).toBe(3);
  });

  test('who names a login and goes no further has failed to log in', async () => {
    const world = await newWorld();
    const { login, password } = world;
    const face = await world.connect(tls13);
    const { first } = scramClient({ digest: 'sha256', login, password });
    challengeIn(await face.begin('SCRAM-SHA-256', first));
    expect(await face.respond('*')).toMatch(/^(?:a BAD|501 5\.7\.0)/);
    await face.begin('SCRAM-SHA-256', first);
    expect(await face.respond('bm90IHNjcmFt')).toMatch(/^(?:a BAD|501 )/);
    expect(face.failedAttempts()).toBe(2);
  });

  test('a binding of another connection, a hidden -PLUS and another identity are refused', async () => {
    const world = await newWorld();
    const { login, password } = world;
    const face = await world.connect(tls13);
    const options = { digest: 'sha256', login, password } as const;
    const elsewhere = { ...options, binding: Buffer.from('another connection') };
    expect(await logIn(face, 'SCRAM-SHA-256-PLUS', elsewhere)).toMatch(bad);
    const hidden = Buffer.from(`y,,n=${login},r=abc`).toString('base64');
    expect(await face.begin('SCRAM-SHA-256', hidden)).toMatch(bad);
    const asOther = await logIn(face, 'SCRAM-SHA-256', { ...options, authorizeAs: 'x@example.org' });
    expect(asOther).toMatch(/^(?:a NO \[AUTHORIZATIONFAILED\]|535 5\.7\.8)/);
    expect(await logIn(face, 'SCRAM-SHA-256', { ...options, authorizeAs: login })).toMatch(ok);
  });

  test('the text for disabled logins is for those who know the password', async () => {
    const world = await newWorld();
    const { login, password } = world;
    world.disable('ask the admin');
    const face = await world.connect(tls13);
    expect(await logIn(face, 'SCRAM-SHA-1', { digest: 'sha1', login, password: 'wrong' })).toMatch(bad);
    expect(await logIn(face, 'SCRAM-SHA-1', { digest: 'sha1', login, password })).toMatch(/^(?:a NO|525 \S+) ask the/);
    expect(face.failedAttempts()).toBe(0);
  });

  test('after too many failures not even a challenge is given', async () => {
    const world = await newWorld();
    const face = await world.connect(tls13);
    world.block();
    const { first } = scramClient({ digest: 'sha256', login: world.login, password: world.password });
    expect(await face.begin('SCRAM-SHA-256', first)).toMatch(/^(?:\* BYE|421 )/);
  });
});
