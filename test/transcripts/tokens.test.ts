/** Logins with access tokens, by IMAP, POP3 and submission. RFC 7628. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TlsFacts } from '../../src/base/conversation.ts';
import { silentLog } from '../../src/base/log.ts';
import type { TokenVerifier } from '../../src/base/token-verifier.ts';
import { openGuard } from '../../src/directory/testing/login-guard.ts';
import { TestDirectory } from '../../src/receive/test-directory.ts';
import { TestStore } from '../../src/receive/test-store.ts';
import { smtpListenerOptions } from '../../src/serve/smtp/listener-options.ts';
import type { SmtpEvent } from '../../src/serve/smtp/services.ts';
import { createSmtpConversation } from '../../src/serve/smtp/smtp-conversation.ts';
import { openStage } from './imap-stage.ts';
import { connectPop3 } from './play-pop3.ts';
import type { Stage } from './imap-stage.ts';
import { ScriptedConnection } from './scripted-connection.ts';

const tls: TlsFacts = {
  ...{ version: 'TLSv1.3', cipher: 'x', serverName: undefined, alpn: undefined, resumed: false },
  ...{ peerPublicKey: undefined, channelBinding: undefined },
};

/** Tokens are `for-ADDRESS`, `down`, or bad. */
const tokens: TokenVerifier = {
  configurationUrl: 'https://issuer.example/.well-known/openid-configuration',
  verify(token) {
    if (token === 'down') return Promise.resolve({ kind: 'unavailable', why: 'no route' });
    const address = token.startsWith('for-') ? token.slice(4).replace('~', '@') : undefined;
    return Promise.resolve(address === undefined ? { kind: 'invalid', why: 'bad' } : { kind: 'valid', address });
  },
};

interface Face {
  say(text: string): Promise<string>;
  /** The client goes away. */
  leave(): void;
  /** Failed attempts that were counted. */
  failures(): readonly string[];
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function imap(with_: TokenVerifier | undefined, isTls = true): Promise<Face> {
  const actor = await stage.newActor();
  actor.tokens = with_;
  actor.options = { ...actor.options, plaintextLogin: false };
  const connection = actor.connect('c1', 65_536, isTls ? tls : undefined);
  await connection.greet();
  return {
    say: (text) => connection.send(`${text.replace(/^AUTH /, 'a AUTHENTICATE ').replace('OFFER', 'b CAPABILITY')}\r\n`),
    leave: () => connection.end(),
    failures: () => actor.attempts.map(({ result }) => result),
  };
}

async function pop3(with_: TokenVerifier | undefined, isTls = true): Promise<Face> {
  const actor = await stage.newActor();
  actor.tokens = with_;
  const connection = connectPop3(actor, { plaintextLogin: false }, isTls ? { tls } : {});
  await connection.greet();
  return {
    say: (text) => connection.send(`${text.replace('OFFER', 'CAPA')}\r\n`),
    leave: () => connection.end(),
    failures: () => actor.attempts.map(({ result }) => result),
  };
}

async function smtp(with_: TokenVerifier | undefined, isTls = true): Promise<Face> {
  const directory = new TestDirectory(['post']);
  const results: string[] = [];
  const guard = openGuard({
    failed: (_, result) => void results.push(result),
    succeeded: () => {
      results.push('ok');
      return { client() {} };
    },
  });
  const submit = () => Promise.reject(new Error('nothing is submitted here'));
  const services = {
    store: new TestStore(),
    directory,
    failures: guard,
    clock: { now: () => 0 },
    log: silentLog,
    submit,
  };
  const options = smtpListenerOptions({ role: 'submission', hostname: 'mx.example.org' });
  const peer = { tls: isTls ? tls : undefined };
  const conversation = createSmtpConversation({ ...services, tokens: with_ }, options);
  const connection = new ScriptedConnection<SmtpEvent>(conversation, peer);
  await connection.greet();
  await connection.send('EHLO client\r\n');
  return {
    say: (text) => connection.send(`${text.replace('OFFER', 'EHLO client')}\r\n`),
    leave: () => connection.end(),
    failures: () => results,
  };
}

const base64 = (text: string) => Buffer.from(text.replaceAll('^', '\x01')).toString('base64');

describe.each([
  {
    ...{
      name: 'IMAP',
      open: imap,
      domain: 'localhost',
      ok: /^a OK \[CAPABILITY /,
      bad: /^a NO \[AUTHENTICATIONFAILED\]/,
    },
    ...{ later: /^a NO \[UNAVAILABLE\]/, offer: /AUTH=OAUTHBEARER AUTH=XOAUTH2 AUTH=PLAIN/, cancelled: /^a BAD/ },
    notHere: /^a NO \[CANNOT\]/,
  },
  {
    ...{ name: 'POP3', open: pop3, domain: 'localhost', ok: /^\+OK 0 messages/, bad: /^-ERR \[AUTH\]/ },
    ...{ later: /^-ERR \[SYS\/TEMP\]/, offer: /OAUTHBEARER XOAUTH2 PLAIN/, cancelled: /^-ERR cancelled/ },
    notHere: /^-ERR not on this connection/,
  },
  {
    ...{ name: 'submission', open: smtp, domain: 'example.org', ok: /^235 2\.7\.0/, bad: /^535 5\.7\.8/ },
    ...{ later: /^454 4\.7\.0/, offer: /OAUTHBEARER XOAUTH2 PLAIN/, cancelled: /^501/ },
    notHere: /^504 5\.5\.4/,
  },
])('$name', ({ open, domain, ok, bad, later, offer, cancelled, notHere }) => {
  const token = `for-post~${domain}`;
  const login = `post@${domain}`;

  test('is offered where there is an issuer, and TLS', async () => {
    expect(await (await open(tokens)).say('OFFER')).toMatch(offer);
    for (const face of [await open(undefined), await open(tokens, false)]) {
      expect(await face.say('OFFER')).not.toMatch(/OAUTHBEARER|XOAUTH2/);
    }
    expect(await (await open(undefined)).say(`AUTH XOAUTH2 ${base64('user=^auth=Bearer x^^')}`)).toMatch(notHere);
  });

  test.each([
    ['OAUTHBEARER', `n,a=${login},^host=x^auth=Bearer ${token}^^`],
    ['OAUTHBEARER', `n,,^auth=Bearer ${token}^^`],
    ['XOAUTH2', `user=${login}^auth=Bearer ${token}^^`],
  ])('%s with %s', async (mechanism, message) => {
    const face = await open(tokens);
    expect(await face.say(`AUTH ${mechanism} ${base64(message)}`)).toMatch(ok);
    expect(face.failures()).toEqual(['ok']);
  });

  test('a token of ten thousand octets, in the line of the command and behind a challenge', async () => {
    const long = base64(`n,,^x=${'x'.repeat(9000 - token.length)}^auth=Bearer ${token}^^`);
    expect(long.length).toBeGreaterThan(12_000);
    expect(await (await open(tokens)).say(`AUTH OAUTHBEARER ${long}`)).toMatch(ok);
    const face = await open(tokens);
    await face.say('AUTH OAUTHBEARER');
    expect(await face.say(long)).toMatch(ok);
  });

  test('without an initial response', async () => {
    const face = await open(tokens);
    expect(await face.say('AUTH OAUTHBEARER')).toMatch(/^(?:\+|334) /);
    expect(await face.say(base64(`n,,^auth=Bearer ${token}^^`))).toMatch(ok);
  });

  test.each([
    ['a bad token', `n,a=${login},^auth=Bearer bad^^`],
    ['a token for nobody here', 'n,,^auth=Bearer for-eve~other.example^^'],
    ['a token for somebody else', `n,a=other@${domain},^auth=Bearer ${token}^^`],
  ])('%s: a report, an answer, the refusal', async (_, message) => {
    const face = await open(tokens);
    const report = await face.say(`AUTH OAUTHBEARER ${base64(message)}`);
    const text = Buffer.from(/^(?:\+|334) (\S+)/.exec(report)?.[1] ?? '', 'base64').toString();
    expect(JSON.parse(text)).toMatchObject({
      ...{ status: 'invalid_token', 'openid-configuration': tokens.configurationUrl },
    });
    expect(await face.say(base64('^'))).toMatch(bad);
    expect(face.failures()).toEqual(['badpassword']);
  });

  test('who cancels after the report has failed too', async () => {
    const face = await open(tokens);
    await face.say(`AUTH OAUTHBEARER ${base64('n,,^auth=Bearer bad^^')}`);
    expect(await face.say('*')).toMatch(cancelled);
    expect(face.failures()).toEqual(['aborted']);
  });

  test('who goes away after the report has failed too, once', async () => {
    const face = await open(tokens);
    await face.say(`AUTH OAUTHBEARER ${base64('n,,^auth=Bearer bad^^')}`);
    face.leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(face.failures()).toEqual(['aborted']);
  });

  test('who goes away before a login was named has not failed', async () => {
    const face = await open(tokens);
    await face.say('AUTH OAUTHBEARER');
    face.leave();
    await new Promise((resolve) => setImmediate(resolve));
    expect(face.failures()).toEqual([]);
  });

  test('an issuer that cannot be asked is nobody’s failure', async () => {
    const face = await open(tokens);
    expect(await face.say(`AUTH XOAUTH2 ${base64(`user=${login}^auth=Bearer down^^`)}`)).toMatch(later);
    expect(face.failures()).toEqual(['error']);
  });
});
