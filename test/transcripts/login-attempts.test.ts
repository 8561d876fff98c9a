/** What IMAP sessions write down of logins. spec/protocols.md section 3.4. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TlsFacts } from '../../src/base/conversation.ts';
import { openStage } from './imap-stage.ts';
import type { Actor, Stage } from './imap-stage.ts';

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
