/** What IMAP sessions write down of logins. spec/protocols.md section 3.4. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TlsFacts } from '../../src/base/conversation.ts';
import { openStage } from './imap-stage.ts';
import type { Actor, Stage } from './imap-stage.ts';
import { connectPop3 } from './play-pop3.ts';

const tls: TlsFacts = {
  ...{ version: 'TLSv1.3', cipher: 'x', serverName: undefined, alpn: undefined, resumed: false },
  ...{ peerPublicKey: undefined, channelBinding: undefined },
};
let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

async function say(actor: Actor, ...commands: readonly string[]): Promise<void> {
  const connection = actor.connect('c1', 65_536, tls);
  await connection.greet();
  for (const command of commands) await connection.send(`${command}\r\n`);
}

const right = 'a LOGIN post@localhost posthorn';
const id = 'b ID ("name" "Some Program" "version" "1.2" "os" "\u{1}x")';

test.each([
  ['before', [id, right]],
  ['after', [right, id]],
])('a client that says its name %s the login is known by it', async (_, commands) => {
  const actor = await stage.newActor();
  await say(actor, ...commands);
  expect(actor.attempts).toMatchObject([
    {
      ...{ result: 'ok', protocol: 'imap', mechanism: 'LOGIN', login: 'post@localhost', tls: 'TLSv1.3' },
      ...{ remoteAddress: '192.0.2.1', client: 'Some Program 1.2 ?x' },
    },
  ]);
});

test('failures say what was wrong', async () => {
  const actor = await stage.newActor();
  const plain = (text: string) => Buffer.from(text).toString('base64');
  await say(actor, 'a LOGIN post@localhost wrong', `b AUTHENTICATE PLAIN ${plain('x\0post@localhost\0posthorn')}`);
  await say(actor, 'a AUTHENTICATE SCRAM-SHA-256 biwsbj1wb3N0QGxvY2FsaG9zdCxyPWFiYw==', '*');
  actor.loginDisabled = 'on holiday';
  await say(actor, right);
  actor.blocked = true;
  expect(actor.attempts.map(({ mechanism, result }) => `${mechanism} ${result}`)).toEqual([
    'LOGIN badpassword',
    'PLAIN badcreds',
    'SCRAM-SHA-256 aborted',
    'LOGIN logindisabled',
  ]);
});

test('what is not looked at is written down as such', async () => {
  const actor = await stage.newActor();
  const connection = actor.connect('c1', 65_536, tls);
  await connection.greet();
  actor.blocked = true;
  expect(await connection.send(`${right}\r\n`)).toMatch(/^\* BYE \[UNAVAILABLE\]/);
  expect(actor.attempts).toMatchObject([{ result: 'limited', login: 'post@localhost' }]);
});

test.each([true, false])('the directory hears whether the login succeeded from there lately: %s', async (known) => {
  const actor = await stage.newActor();
  actor.known = known;
  await say(actor, right);
  await say(actor, `a AUTHENTICATE PLAIN ${Buffer.from('\0post@localhost\0posthorn').toString('base64')}`);
  const pop3 = connectPop3(actor);
  await pop3.greet();
  await pop3.send('USER post@localhost\r\nPASS posthorn\r\n');
  expect(actor.attempts.map(({ result }) => result)).toEqual(['ok', 'ok', 'ok']);
  expect(actor.askedAsKnown).toEqual([known, known, known]);
});

test('who goes away in the middle of a proof has failed; a server that stops is nobody’s failure', async () => {
  const actor = await stage.newActor();
  for (const isLeaving of [true, false]) {
    const imap = actor.connect('c1', 65_536, tls);
    await imap.greet();
    await imap.send('a AUTHENTICATE SCRAM-SHA-256 biwsbj1wb3N0QGxvY2FsaG9zdCxyPWFiYw==\r\n');
    const pop3 = connectPop3(actor);
    await pop3.greet();
    await pop3.send('AUTH SCRAM-SHA-256 biwsbj1wb3N0QGxvY2FsaG9zdCxyPWFiYw==\r\n');
    for (const connection of [imap, pop3]) {
      if (!isLeaving) await connection.input({ kind: 'shutdown' });
      connection.end();
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(actor.attempts.map(({ protocol, result }) => `${protocol} ${result}`).toSorted()).toEqual([
      'imap aborted',
      'pop3 aborted',
    ]);
  }
});
