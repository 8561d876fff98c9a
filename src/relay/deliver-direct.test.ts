import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFakeHost } from './testing/fake-host.ts';
import type { Behaviour, FakeHost } from './testing/fake-host.ts';
import { batchOf, fakeWorld, printOutcomes, tryBatch } from './testing/try-batch.ts';
import type { Given, World, WorldOptions } from './testing/try-batch.ts';
import type { Known } from './testing/fake-zone.ts';

let first: FakeHost;
let second: FakeHost;
let world: World | undefined;
const open: FakeHost[] = [];

async function start(behaviour: Behaviour, another: Behaviour = {}): Promise<void> {
  first = await startFakeHost('127.0.0.2', 0, behaviour);
  second = await startFakeHost('127.0.0.3', first.port, another);
  open.push(first, second);
}
const names: Readonly<Record<string, Known>> = {
  'a.test': {
    mx: [
      { preference: 10, exchange: 'mx1.a.test' },
      { preference: 20, exchange: 'mx2.a.test' },
    ],
  },
  'mx1.a.test': { addresses: ['127.0.0.2'] },
  'mx2.a.test': { addresses: ['127.0.0.3'] },
};
async function deliver(given: Given = {}, options: WorldOptions = {}, zone = names): Promise<readonly string[]> {
  world ??= fakeWorld(first.port, zone, options);
  return printOutcomes(await tryBatch(world.relay, given));
}

beforeEach(() => (world = undefined));
afterEach(async () => {
  await world?.relay.close();
  for (const host of open.splice(0)) host.close();
});

test('a message goes to the best host', async () => {
  await start({});
  expect(await deliver({ prefix: 'Received: here\r\n' })).toEqual(['delivered handed-on']);
  expect(first.taken).toMatchObject([{ from: 'bob@our.test', to: ['ann@a.test'], isTls: false }]);
  expect(first.taken[0]?.octets.toString()).toBe('Received: here\r\nSubject: x\r\n\r\nbody\r\n');
  expect(second.connections()).toBe(0);
});

describe('when a host says', () => {
  test.each<[string, Behaviour, string, 'second' | 'first only']>([
    ['451 to the message', { end: '451 4.3.0 later' }, 'delivered handed-on', 'second'],
    ['421 to MAIL', { mail: '421 4.3.2 closing' }, 'delivered handed-on', 'second'],
    ['450 to the recipient', { rcpt: () => '450 4.2.0 greylisted' }, 'delivered handed-on', 'second'],
    ['421 as a greeting', { greeting: '421 4.3.2 busy\r\n' }, 'delivered handed-on', 'second'],
    ['no SMTP', { greeting: 'HTTP/1.1 400 Bad\r\n' }, 'delivered handed-on', 'second'],
    ['452 to DATA', { data: '452 4.3.1 full' }, 'delivered handed-on', 'second'],
    ['552 to the recipient', { rcpt: () => '552 5.2.2 full' }, 'delivered handed-on', 'second'],
    ['nothing but endless replies', { floods: true }, 'delivered handed-on', 'second'],
    ['nothing any more at DATA', { dropAt: 'RCPT' }, 'delivered handed-on', 'second'],
    ['554 as a greeting', { greeting: '554 5.7.1 no\r\n' }, 'failed 5.7.1', 'first only'],
    ['550 to EHLO and HELO', { ehlo: '550 5.5.0 no', dropAt: 'HELO' }, 'delivered handed-on', 'second'],
    ['550 to MAIL', { mail: '550 5.1.8 no' }, 'failed 5.1.8', 'first only'],
    ['550 to the recipient', { rcpt: () => '550 5.1.1 unknown' }, 'failed 5.1.1', 'first only'],
    ['554 to the message', { end: '554 5.6.0 spam' }, 'failed 5.6.0', 'first only'],
    ['550 without a status', { rcpt: () => '550 unknown' }, 'failed 5.0.0', 'first only'],
    ['251 to the recipient', { rcpt: () => '251 2.1.5 forwarded' }, 'delivered handed-on', 'first only'],
    ['nothing after the end of the message', { end: 'drop' }, 'later 4.4.2', 'first only'],
    ['too small a size', { offers: ['SIZE 10', '8BITMIME'] }, 'failed 5.3.4', 'first only'],
  ])('%s', async (_, behaviour, outcome, asked) => {
    await start(behaviour);
    expect(await deliver({ message: { body: '8bit' } })).toEqual([outcome]);
    expect(second.connections()).toBe(asked === 'second' ? 1 : 0);
  });
});

test('a host that hangs up in the middle of a message has not got it', async () => {
  await start({ offers: ['PIPELINING'], dropAfterBytes: 1000 }, { offers: [], mail: '451 4.3.0 later' });
  // More than the buffers of two kernels hold.
  expect(await deliver({ text: `Subject: x\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(500_000)}` })).toEqual([
    'later 4.3.0',
  ]);
  expect(second.connections()).toBe(1);
});

test('a host that stays silent after the end of the message may have it: no other is asked', async () => {
  await start({ end: 'silence' });
  expect(await deliver({}, { timeouts: { dataEnd: 50 } })).toEqual(['later 4.4.2']);
  expect(second.connections()).toBe(0);
});

test('a slow loris does not get far', async () => {
  await start({ greeting: '2' });
  expect(await deliver({}, { timeouts: { greeting: 50 } })).toEqual(['delivered handed-on']);
  expect(second.taken).toHaveLength(1);
});

test('when all hosts are down, it is tried again; the story tells of each', async () => {
  await start({ mail: '451 4.3.0 no disk' });
  second.close();
  world = fakeWorld(first.port, names);
  const [outcome] = await tryBatch(world.relay);
  expect(outcome).toMatchObject({ result: 'later', story: { result: 'later', transport: 'direct' } });
  expect(outcome?.story.hosts).toMatchObject([
    { host: 'mx1.a.test', address: '127.0.0.2', tls: undefined, replies: ['MAIL: 451 4.3.0 no disk'] },
    { host: 'mx2.a.test', address: '127.0.0.3' },
  ]);
});

test('each recipient has its own outcome', async () => {
  const rcpt = (address: string): string =>
    address.startsWith('no') ? '550 5.1.1 no such user' : address.startsWith('later') ? '450 4.2.0 later' : '250 ok';
  await start({ rcpt }, { rcpt });
  const to = ['yes@a.test', 'no@a.test', 'later@a.test', 'yes2@a.test'];
  expect(await deliver({ to })).toEqual(['delivered handed-on', 'failed 5.1.1', 'later 4.2.0', 'delivered handed-on']);
  expect(first.taken.map(({ to: them }) => them)).toEqual([['yes@a.test', 'yes2@a.test']]);
  // Only the one who may still get it is asked for at the second host.
  expect(second.lines.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<later@a.test>']);
});

describe('more recipients than the host takes at once', () => {
  const to = Array.from({ length: 7 }, (_, at) => `u${at}@a.test`);
  test('452 to the later ones: more transactions on the same connection', async () => {
    await start({ rcpt: (_, nth) => (nth < 3 ? '250 ok' : '452 4.5.3 too many') });
    expect(await deliver({ to })).toEqual(to.map(() => 'delivered handed-on'));
    expect(first.taken.map((taken) => taken.to.length)).toEqual([3, 3, 1]);
    expect(first.connections()).toBe(1);
  });
  test('LIMITS RCPTMAX', async () => {
    await start({ offers: ['PIPELINING', 'LIMITS RCPTMAX=2'] });
    expect(await deliver({ to })).toEqual(to.map(() => 'delivered relayed-without-dsn'));
    expect(first.taken.map((taken) => taken.to.length)).toEqual([2, 2, 2, 1]);
  });
  test('LIMITS RCPTMAX and MAILMAX: more connections', async () => {
    await start({ offers: ['LIMITS RCPTMAX=2 MAILMAX=1'] });
    expect(await deliver({ to })).toEqual(to.map(() => 'delivered relayed-without-dsn'));
    expect(first.taken.map(({ connection }) => connection)).toEqual([1, 2, 3, 4]);
  });
});

describe('connections are used again', () => {
  test('for the next message to the same host', async () => {
    await start({});
    await deliver();
    await deliver({ to: ['carl@a.test'] });
    expect(first.taken.map(({ connection }) => connection)).toEqual([1, 1]);
  });
  test('not before the result is recorded', async () => {
    await start({});
    world = fakeWorld(first.port, names);
    const { relay } = world;
    let isRecorded = false;
    const signal = new AbortController().signal;
    const slow = relay.deliver(
      batchOf({}),
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        isRecorded = true;
        expect(first.lines.filter((line) => line.startsWith('MAIL'))).toHaveLength(1);
      },
      signal,
    );
    await slow;
    expect(isRecorded).toBe(true);
    await tryBatch(relay);
    expect(first.connections()).toBe(1);
  });
  test('not after the host closed one', async () => {
    await start({ maxMessages: 1 });
    await deliver();
    expect(await deliver()).toEqual(['delivered handed-on']);
    expect(first.taken.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(second.connections()).toBe(0);
  });
  test('not with other needs of TLS', async () => {
    await start({});
    await deliver();
    await deliver({ message: { kind: 'report' } });
    expect(first.taken.map(({ connection }) => connection)).toEqual([1, 2]);
  });
});

describe('the domain', () => {
  test.each<[string, Readonly<Record<string, Known>>, string]>([
    ['has a null MX', { 'a.test': { mx: [{ preference: 0, exchange: '' }] } }, 'failed 5.1.10'],
    ['is not there', {}, 'failed 5.1.2'],
    ['cannot be looked up', { 'a.test': { mx: 'server-failure' } }, 'later 4.4.3'],
    ['has an MX without an address', { 'a.test': { mx: [{ preference: 1, exchange: 'm.test' }] } }, 'failed 5.4.4'],
    [
      'has an MX whose address cannot be had',
      { 'a.test': { mx: [{ preference: 1, exchange: 'm.test' }] }, 'm.test': { addresses: 'timeout' } },
      'later 4.4.3',
    ],
  ])('%s', async (_, zone, outcome) => {
    await start({});
    expect(await deliver({}, {}, zone)).toEqual([outcome]);
  });
  test('is an address', async () => {
    await start({});
    expect(await deliver({ to: ['ann@[127.0.0.3]'] })).toEqual(['delivered handed-on']);
    expect(second.taken[0]?.to).toEqual(['ann@[127.0.0.3]']);
  });
  test('has a host that is this server', async () => {
    await start({});
    expect(await deliver({}, { isOwnAddress: (address) => address === '127.0.0.2' })).toEqual(['failed 5.4.6']);
    expect(second.connections()).toBe(0);
  });
});

test('what goes along: REQUIRETLS is not asked without need, DSN parameters, A-labels for an ASCII local part', async () => {
  await start({});
  const entry = { notify: ['SUCCESS', 'FAILURE'] as const, originalRecipient: { type: 'rfc822', address: 'x@y.test' } };
  const zone = { ...names, 'xn--bcher-kva.test': names['a.test'] ?? {} };
  await deliver(
    {
      to: ['ann@bücher.test'],
      entry: { ...entry, domain: 'xn--bcher-kva.test' },
      message: { envelopeId: 'e1', returnContent: 'headers' },
    },
    {},
    zone,
  );
  expect(first.taken[0]).toMatchObject({
    mail: `MAIL FROM:<bob@our.test> SIZE=20 RET=HDRS ENVID=e1`,
    rcpts: ['RCPT TO:<ann@xn--bcher-kva.test> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x@y.test'],
  });
});

describe('SMTPUTF8', () => {
  test('lacking everywhere is final', async () => {
    await start({ offers: [] }, { offers: [] });
    expect(await deliver({ message: { utf8: true } })).toEqual(['failed 5.6.7']);
  });
  test('lacking at one host is not', async () => {
    await start({ offers: [] });
    expect(await deliver({ message: { utf8: true } })).toEqual(['delivered handed-on']);
    expect(second.taken[0]?.mail).toContain('SMTPUTF8');
  });
  test('lacking at one, the other being down, is tried again', async () => {
    await start({ offers: [] });
    second.close();
    expect(await deliver({ message: { utf8: true } })).toEqual(['later 4.4.1']);
  });
});

test('a refusal for reasons of policy at a host with two families is not final the first time', async () => {
  await start({ rcpt: () => '550 5.7.1 no reverse name' });
  const zone = {
    'a.test': { mx: [{ preference: 1, exchange: 'mx.a.test' }] },
    'mx.a.test': { addresses: ['127.0.0.2', '::1'] },
  };
  expect(await deliver({}, {}, zone)).toEqual(['later 4.7.1']);
});

test('no line that SMTP does not allow is ever sent, by DATA or BDAT', async () => {
  const text = `Subject: x\n\n.\n${'y'.repeat(2000)}\rz\n.\r\nend`;
  for (const offers of [['PIPELINING'], ['CHUNKING']]) {
    await start({ offers });
    world = undefined;
    await deliver({ text });
    const octets = first.taken.at(-1)?.octets.toString('latin1') ?? '';
    expect(octets).toBe(
      `Subject: x\r\n\r\n.\r\n${'y'.repeat(998)}\r\n ${'y'.repeat(997)}\r\n ${'y'.repeat(5)}\r\nz\r\n.\r\nend\r\n`,
    );
    first.close();
    second.close();
  }
});

test('when it is told to stop, nothing is recorded and the connection is gone', async () => {
  await start({ greeting: '' });
  world = fakeWorld(first.port, names);
  const stop = new AbortController();
  const work = tryBatch(world.relay, {}, stop.signal);
  await expect.poll(() => first.connections()).toBe(1);
  stop.abort();
  expect(await work).toEqual([]);
});

describe('a host that takes only 7 bits', () => {
  const text = Buffer.from(
    ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '', 'Grüße an alle, die es lesen', ''].join(
      '\r\n',
    ),
  );
  test('gets the message in quoted-printable', async () => {
    await start({ offers: ['SIZE 10000000'] });
    expect(await deliver({ text, message: { body: '8bit' }, prefix: 'Received: x\r\n' })).toEqual([
      'delivered relayed-without-dsn',
    ]);
    expect(first.taken[0]?.mail).toBe('MAIL FROM:<bob@our.test>');
    expect(first.taken[0]?.octets.toString()).toBe(
      [
        ...['Received: x', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8'],
        ...['Content-Transfer-Encoding: quoted-printable', '', 'Gr=C3=BC=C3=9Fe an alle, die es lesen', ''],
      ].join('\r\n'),
    );
  });
  test('does not get one that is signed', async () => {
    await start({ offers: [] }, { offers: [] });
    const parts = ['--b', 'Content-Type: text/plain; charset=utf-8', '', 'Grüße', '--b', '', 'signature', '--b--', ''];
    const signed = ['Content-Type: multipart/signed; boundary=b', '', ...parts].join('\r\n');
    expect(await deliver({ text: signed, message: { body: '8bit' } })).toEqual(['failed 5.6.3']);
    expect(first.lines.filter((line) => line.startsWith('MAIL'))).toEqual([]);
  });
});

describe('a binary message', () => {
  const text = Buffer.from(
    'MIME-Version: 1.0\r\nContent-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n\r\xff',
    'latin1',
  );
  test('goes octet for octet where that is possible', async () => {
    await start({ offers: ['CHUNKING', 'BINARYMIME', '8BITMIME'] });
    await deliver({ text, message: { body: 'binary' } });
    expect(first.taken[0]).toMatchObject({ octets: text, way: 'BDAT' });
    expect(first.taken[0]?.mail).toContain('BODY=BINARYMIME');
  });
  test('is encoded elsewhere', async () => {
    await start({});
    await deliver({ text, message: { body: 'binary' } });
    expect(first.taken[0]?.octets.toString()).toMatch(/base64\r\n\r\nAAoN\/w==\r\n$/);
  });
});

test('a fault of ours is thrown, and the connection is gone', async () => {
  await start({});
  world = fakeWorld(first.port, names);
  const { relay } = world;
  const batch = { ...batchOf({}), open: () => Promise.reject(new Error('no such blob')) };
  const work = relay.deliver(batch, async () => undefined, new AbortController().signal);
  await expect(work).rejects.toThrow('no such blob');
  await tryBatch(relay);
  expect(first.connections()).toBe(2);
});

test('who makes us wait does not make us wait at all of its hosts', async () => {
  await start({ mail: '451 4.3.0 later' });
  let now = 0;
  world = fakeWorld(first.port, names, { now: () => (now += 4 * 60_000) });
  expect(printOutcomes(await tryBatch(world.relay))).toEqual(['later 4.3.0']);
  expect(second.connections()).toBe(0);
});

test('when it is told to stop, the reply to a message that was sent is still waited for, and recorded', async () => {
  await start({ endAfterMs: 300 });
  world = fakeWorld(first.port, names);
  const stop = new AbortController();
  const work = tryBatch(world.relay, {}, stop.signal);
  await expect.poll(() => first.taken).toHaveLength(1);
  stop.abort();
  expect(printOutcomes(await work)).toEqual(['delivered handed-on']);
});
