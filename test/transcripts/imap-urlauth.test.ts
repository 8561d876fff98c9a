/** URLs that others may use: RFC 4467. Tokens are never the same twice, so this is no transcript. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Actor, Stage } from './imap-stage.ts';
import { openStage } from './imap-stage.ts';
import type { ScriptedConnection } from './scripted-connection.ts';
import type { ImapEvent } from '../../src/serve/imap/session.ts';

type Connection = ScriptedConnection<ImapEvent>;

let stage: Stage;
let ann: Actor;
let bob: Actor;
let asAnn: Connection;
let asBob: Connection;

const message = 'Subject: peace\n\nSi vis pacem, para bellum.\n';
const base = 'imap://ann%40localhost@mail.example/INBOX/;uid=1';

beforeAll(async () => {
  stage = await openStage();
  ann = await stage.newActor();
  bob = await stage.newActor();
  // Each is `post` to itself, and both have names that the other knows.
  for (const actor of [ann, bob])
    for (const [name, other] of Object.entries({ ann, bob })) actor.neighbours.set(name, other);
  await ann.deliver('INBOX', message);
  asAnn = await ann.enter('ann');
  asBob = await bob.enter('bob');
});
afterAll(() => stage.close());

async function authorize(url: string): Promise<string> {
  const said = await asAnn.send(`g GENURLAUTH "${url}" INTERNAL\r\n`);
  const full = /^\* GENURLAUTH "(\S+)"\r\ng OK GENURLAUTH completed\r\n$/.exec(said)?.[1];
  if (full === undefined) throw new Error(said);
  return full;
}

const fetchBy = (connection: Connection, url: string) => connection.send(`f URLFETCH "${url}"\r\n`);
const nil = (url: string) => `* URLFETCH "${url}" NIL\r\nf OK URLFETCH completed\r\n`;
const octets = (url: string, text: string) =>
  `* URLFETCH "${url}" {${text.length}}\r\n${text}\r\nf OK URLFETCH completed\r\n`;

describe('a URL that was authorized', () => {
  test('gives another account the octets, a part or a range of them', async () => {
    const whole = await authorize(`${base};urlauth=anonymous`);
    expect(whole).toMatch(/;urlauth=anonymous:INTERNAL:01[0-9a-f]{64}$/);
    expect(await fetchBy(asBob, whole)).toBe(octets(whole, message.replaceAll('\n', '\r\n')));
    const part = await authorize(`${base}/;section=text/;partial=0.6;urlauth=authuser`);
    expect(await fetchBy(asBob, part)).toBe(octets(part, 'Si vis'));
    // It is the same whenever it is made, and selects nothing.
    expect(await authorize(`${base};urlauth=anonymous`)).toBe(whole);
    expect(await asBob.send('x FETCH 1 FLAGS\r\n')).toBe('x BAD select a mailbox first\r\n');
  });

  test('several in one command, valid or not', async () => {
    const good = await authorize(`${base}/;section=text/;partial=0.2;urlauth=anonymous`);
    const bad = good.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const said = await asBob.send(`f URLFETCH "${bad}" "${good}" nonsense {5+}\r\nimap:\r\n`);
    expect(said).toBe(
      `* URLFETCH "${bad}" NIL\r\n* URLFETCH "${good}" {2}\r\nSi\r\n* URLFETCH nonsense NIL\r\n` +
        '* URLFETCH imap: NIL\r\nf OK URLFETCH completed\r\n',
    );
  });

  test('is for whom it names', async () => {
    const forBob = await authorize(`${base};urlauth=user+bob%40localhost`);
    expect(await fetchBy(asBob, forBob)).toContain('para bellum');
    expect(await fetchBy(asAnn, forBob)).toBe(nil(forBob));
    const forNobody = await authorize(`${base};urlauth=user+nobody%40localhost`);
    expect(await fetchBy(asBob, forNobody)).toBe(nil(forNobody));
    const forSubmission = await authorize(`${base};urlauth=submit+bob%40localhost`);
    expect(await fetchBy(asBob, forSubmission)).toBe(nil(forSubmission));
  });

  test('is as it was made: nothing in it may change', async () => {
    const url = await authorize(`${base}/;section=text;urlauth=user+bob%40localhost`);
    for (const changed of [
      url.replace('/;section=text', ''),
      url.replace('uid=1', 'UID=1'),
      url.replace('mail.example', 'mail.test'),
      url.replace('user+bob', 'user+ann'),
      url.replace(';urlauth', ';expire=2099-01-01T00:00:00Z;urlauth'),
      url.replace('INTERNAL', 'OTHER'),
      url.replace(/:01/, ':02'),
      url.slice(0, -2),
      url.replace(/:INTERNAL.*/, ''),
    ]) {
      expect(changed).not.toBe(url);
      expect(await fetchBy(asBob, changed)).toBe(nil(changed));
    }
    // The name of the mechanism and the digits of the token are no part of what is signed.
    const upper = url.replace(/[0-9a-f]{66}$/, (token) => token.toUpperCase());
    expect(await fetchBy(asBob, upper)).toContain('para bellum');
  });

  test('ends at its time', async () => {
    const until = new Date(bob.nowMs + 60_000).toISOString();
    const url = await authorize(`${base};expire=${until};urlauth=anonymous`);
    expect(await fetchBy(asBob, url)).toContain('para bellum');
    bob.nowMs += 61_000;
    expect(await fetchBy(asBob, url)).toBe(nil(url));
    bob.nowMs -= 61_000;
  });

  test('gives what its owner may do now', async () => {
    const url = await authorize(`${base};urlauth=anonymous`);
    ann.loginDisabled = 'for a reason';
    expect(await fetchBy(asBob, url)).toBe(nil(url));
    ann.loginDisabled = undefined;
    for (const missing of [
      `${base.replace('uid=1', 'uid=9')};urlauth=anonymous`,
      `${base}/;section=7;urlauth=anonymous`,
    ]) {
      const made = await authorize(missing);
      expect(await fetchBy(asBob, made)).toBe(nil(made));
    }
  });
});

test('RESETKEY takes back what was authorized: of one mailbox, or of all', async () => {
  await asAnn.send('c CREATE Other\r\n');
  await ann.deliver('Other', message);
  const inbox = await authorize(`${base};urlauth=anonymous`);
  const other = await authorize('imap://ann%40localhost@mail.example/Other/;uid=1;urlauth=anonymous');
  expect(await asAnn.send('r RESETKEY INBOX\r\n')).toBe('r OK [URLMECH INTERNAL] there is a new key\r\n');
  expect(await fetchBy(asBob, inbox)).toBe(nil(inbox));
  expect(await fetchBy(asBob, other)).toContain('para bellum');
  expect(await asAnn.send('r RESETKEY INBOX internal\r\n')).toContain('r OK [URLMECH INTERNAL]');
  const again = await authorize(`${base};urlauth=anonymous`);
  expect(again).not.toBe(inbox);
  expect(await fetchBy(asBob, again)).toContain('para bellum');
  expect(await asAnn.send('r RESETKEY\r\n')).toBe('r OK all keys are gone\r\n');
  for (const url of [again, other]) expect(await fetchBy(asBob, url)).toBe(nil(url));
  expect(await asAnn.send('r RESETKEY INBOX XSAMPLE\r\n')).toMatch(/^r BAD only/);
  expect(await asAnn.send('r RESETKEY Nowhere\r\n')).toBe('r NO [NONEXISTENT] no such mailbox\r\n');
});

test('the key is told to nobody', async () => {
  await authorize(`${base};urlauth=anonymous`);
  await asAnn.send('e ENABLE METADATA\r\n');
  const another = await ann.enter('another');
  await another.send('r RESETKEY INBOX\r\n');
  expect(await asAnn.send('n NOOP\r\n')).toBe('n OK NOOP completed\r\n');
  expect(await asAnn.send('m GETMETADATA (DEPTH infinity) INBOX (/private /shared)\r\n')).not.toContain('urlauth');
  expect(await asAnn.send('m GETMETADATA INBOX /server/urlauth\r\n')).toMatch(/^m BAD/);
  expect(await asAnn.send('m SETMETADATA INBOX (/server/urlauth "x")\r\n')).toMatch(/^m BAD/);
  for (const { logged } of [ann, bob]) expect(logged.filter((line) => line.startsWith('command failed'))).toEqual([]);
});

describe('URLFETCH without transfer encoding, and with the structure (RFC 5524)', () => {
  const mixed = [
    ...['Content-Type: multipart/mixed; boundary=b', '', '--b', 'Content-Transfer-Encoding: base64', '', 'U2kgdmlz'],
    ...['--b', 'Content-Type: image/png', 'Content-Transfer-Encoding: base64', '', 'AAEC'],
    ...['--b', 'Content-Type: image/png', 'Content-Transfer-Encoding: x-odd', '', 'odd'],
    ...['--b', 'Content-Type: message/rfc822', '', 'Subject: within', '', 'text', '--b--', ''],
  ].join('\n');
  let uid = 0;

  beforeAll(async () => {
    await ann.deliver('INBOX', mixed);
    const status = await asAnn.send('s STATUS INBOX (UIDNEXT)\r\n');
    uid = Number(/UIDNEXT (\d+)/.exec(status)?.[1]) - 1;
  });

  test.each([
    ['section=1', 'BINARY', ' (BINARY {6}\r\nSi vis)'],
    ['section=1', 'BODY', ' (BODY {8}\r\nU2kgdmlz)'],
    ['section=1/;partial=3.2', 'BINARY', ' (BINARY {2}\r\nvi)'],
    ['section=1', 'BODYPARTSTRUCTURE', ' (BODYPARTSTRUCTURE ("text" "plain" NIL NIL NIL "base64" 8 0))'],
    [
      'section=1',
      'BINARY BODYPARTSTRUCTURE',
      ' (BODYPARTSTRUCTURE ("text" "plain" NIL NIL NIL "BINARY" 6 0)) (BINARY {6}\r\nSi vis)',
    ],
    [
      'section=2',
      'BODYPARTSTRUCTURE BINARY',
      ' (BODYPARTSTRUCTURE ("image" "png" NIL NIL NIL "BINARY" 3)) (BINARY ~{3}\r\n\0\x01\x02)',
    ],
    [
      'section=3',
      'BODYPARTSTRUCTURE BINARY',
      ' (BODYPARTSTRUCTURE ("image" "png" NIL NIL NIL "x-odd" 3)) (BINARY NIL)',
    ],
    [
      'section=4.1',
      'BODY BODYPARTSTRUCTURE',
      ' (BODYPARTSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 4 0)) (BODY {4}\r\ntext)',
    ],
    [
      'section=4.header',
      'BINARY BODYPARTSTRUCTURE',
      ' (BODYPARTSTRUCTURE ("TEXT" "RFC822-HEADERS" NIL NIL NIL "8BIT" 19 2)) (BINARY {19}\r\nSubject: within\r\n\r\n)',
    ],
  ])('%s %s', async (section, items, answer) => {
    const url = await authorize(`${base.replace('uid=1', `uid=${uid}`)}/;${section};urlauth=anonymous`);
    expect(await asBob.send(`f URLFETCH ("${url}" ${items})\r\n`)).toBe(
      `* URLFETCH "${url}"${answer}\r\nf OK URLFETCH completed\r\n`,
    );
  });

  test('in parentheses without items as before; not valid is NIL', async () => {
    const url = await authorize(`${base.replace('uid=1', `uid=${uid}`)}/;section=1;urlauth=anonymous`);
    const bad = url.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    expect(await asBob.send(`f URLFETCH ("${url}") ("${bad}" BINARY BODYPARTSTRUCTURE)\r\n`)).toBe(
      `* URLFETCH "${url}" {8}\r\nU2kgdmlz\r\n* URLFETCH "${bad}" NIL\r\nf OK URLFETCH completed\r\n`,
    );
  });
});

describe('what cannot be authorized is BAD', () => {
  for (const [url, why] of [
    [base, 'URL has no access identifier'],
    ['imap://mail.example/INBOX/;uid=1;urlauth=anonymous', 'URL names no server and user'],
    ['/INBOX/;uid=1;urlauth=anonymous', 'URL names no server and user'],
    ['imap://bob%40localhost@mail.example/INBOX/;uid=1;urlauth=anonymous', 'not a mailbox of yours'],
    ['imap://nobody%40localhost@mail.example/INBOX/;uid=1;urlauth=anonymous', 'not a mailbox of yours'],
    ['imap://ann%40localhost@mail.example/Nowhere/;uid=1;urlauth=anonymous', 'not a mailbox of yours'],
    [`${base};urlauth=anonymous:INTERNAL:${'0'.repeat(66)}`, 'URL has a token already'],
    ['imap://ann%40localhost@mail.example/INBOX', 'URL: expected /;UID= at 41'],
  ] as const) {
    test(url.slice(0, 70), async () =>
      expect(await asAnn.send(`g GENURLAUTH "${url}" INTERNAL\r\n`)).toBe(`g BAD ${why}\r\n`),
    );
  }

  test('other mechanisms, and no URL', async () => {
    expect(await asAnn.send(`g GENURLAUTH "${base};urlauth=anonymous" XSAMPLE\r\n`)).toMatch(/^g BAD only/);
    for (const text of ['GENURLAUTH', 'GENURLAUTH x', 'URLFETCH', `URLFETCH ${'x '.repeat(101)}`]) {
      expect(await asAnn.send(`g ${text}\r\n`)).toMatch(/^g BAD/);
    }
  });
});
