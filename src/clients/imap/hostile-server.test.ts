/** Servers that lie, stall, flood and hang up, on loopback. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ImapClient, ImapError, type ImapClientOptions } from './imap-client.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Greets, then answers a command by its first words; `#` in an answer is the tag. Everything that was sent is kept. */
async function serve(
  greeting: string,
  answers: Readonly<Record<string, string>> = {},
): Promise<{ readonly port: number; readonly sent: string[] }> {
  const sent: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(greeting);
    let rest = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        sent.push(line);
        const [tag = '', ...words] = line.split(' ');
        const command = words.join(' ');
        const key = Object.keys(answers)
          .filter((begin) => command.startsWith(begin))
          .toSorted((a, b) => b.length - a.length)[0];
        if (key !== undefined) socket.write((answers[key] ?? '').replaceAll('#', tag), 'latin1');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, sent };
}

const connect = (port: number, options: Partial<ImapClientOptions> = {}) =>
  ImapClient.connect({ host: '127.0.0.1', port, tls: 'none', ...options });

async function errorOf(work: Promise<unknown>): Promise<ImapError> {
  const error: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ImapError)) throw error;
  return error;
}

const hello = '* PREAUTH [CAPABILITY IMAP4rev1 IDLE MOVE UIDPLUS ESEARCH] hi\r\n';
const usual = {
  SELECT: '* 3 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n# OK [READ-WRITE] done\r\n',
  LOGOUT: '* BYE bye\r\n# OK bye\r\n',
};

describe('the greeting', () => {
  test.each([
    ['garbage', '\0\0HTTP/1.1 400 Bad\r\n', 'protocol'],
    ['a line without end', `* OK ${'x'.repeat(20_000)}`, 'protocol'],
    ['no', '* BYE go away\r\n', 'bye'],
    ['an answer to nothing', 'a1 OK hi\r\n', 'protocol'],
    ['a literal of the size of a disk', '* OK {9999999999}\r\n', 'protocol'],
  ])('%s', async (_, greeting, fault) => {
    const { port } = await serve(greeting);
    expect(await errorOf(connect(port, { limits: { maxTextBytes: 10_000 } }))).toMatchObject({
      command: 'CONNECT',
      fault,
    });
  });

  test('silence', async () => {
    const { port } = await serve('');
    expect(await errorOf(connect(port, { timeouts: { greeting: 50 } }))).toMatchObject({ fault: 'timeout' });
  });

  test('PREAUTH instead of STARTTLS, and no STARTTLS at all', async () => {
    const preauth = await serve(hello);
    expect(await errorOf(connect(preauth.port, { tls: 'starttls' }))).toMatchObject({ fault: 'unsupported' });
    const none = await serve('* OK [CAPABILITY IMAP4rev1] hi\r\n');
    expect(await errorOf(connect(none.port, { tls: 'starttls' }))).toMatchObject({
      command: 'STARTTLS',
      fault: 'unsupported',
    });
    expect(none.sent).toEqual([]);
  });
});

describe('a handshake that does not come', () => {
  test('after STARTTLS has a time of its own', async () => {
    const { port } = await serve('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n', { STARTTLS: '# OK go\r\n' });
    const error = await errorOf(connect(port, { tls: 'starttls', timeouts: { handshake: 80 } }));
    expect(error).toMatchObject({ command: 'STARTTLS', fault: 'timeout' });
  });

  test('drips, or is none at all', async () => {
    const answers = { STARTTLS: '# OK go\r\n\x16\x03\x03\x00\x40' };
    const { port } = await serve('* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n', answers);
    const error = await errorOf(connect(port, { tls: 'starttls', timeouts: { handshake: 80 } }));
    expect(error).toMatchObject({ command: 'STARTTLS', fault: 'timeout' });
    const plain = await serve('* OK hi\r\n');
    expect(await errorOf(connect(plain.port, { tls: 'implicit' }))).toMatchObject({ command: 'CONNECT', fault: 'tls' });
  });

  test('of implicit TLS is part of connecting', async () => {
    const { port } = await serve('');
    const error = await errorOf(connect(port, { tls: 'implicit', timeouts: { connect: 80 } }));
    expect(error).toMatchObject({ command: 'CONNECT', fault: 'timeout' });
  });
});

describe('logging in', () => {
  test('no password in plain text, neither by PLAIN nor by LOGIN', async () => {
    const { port, sent } = await serve('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN] hi\r\n', usual);
    const client = await connect(port);
    const login = client.authenticate({ kind: 'password', username: 'ann', password: 'secret' });
    expect(await errorOf(login)).toMatchObject({ fault: 'credentials' });
    expect(sent).toEqual([]);
  });

  test('a server that says OK without knowing the password is not believed', async () => {
    const { port } = await serve('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] hi\r\n', {
      AUTHENTICATE: '# OK in\r\n',
    });
    const client = await connect(port);
    const login = client.authenticate({ kind: 'password', username: 'ann', password: 'secret' });
    expect(await errorOf(login)).toMatchObject({ fault: 'credentials' });
    expect(client.isOpen).toBe(false);
  });
});

describe('answers', () => {
  test.each([
    ['another tag', 'zz OK done\r\n', 'protocol'],
    ['BYE', '* BYE enough\r\n', 'bye'],
    ['half a response', '* 3 EXI', 'timeout'],
    ['a drip', '', 'timeout'],
    ['no', '# NO [NONEXISTENT] nothing here\r\n', 'no'],
    ['bad', '# BAD what\r\n', 'bad'],
    ['nesting', `* LIST ${'('.repeat(1000)}\r\n`, 'protocol'],
  ])('%s', async (_, answer, fault) => {
    const { port } = await serve(hello, { ...usual, SELECT: answer });
    const client = await connect(port, { timeouts: { command: 100 } });
    expect(await errorOf(client.select('INBOX'))).toMatchObject({ command: 'SELECT', fault });
    expect(client.mailbox).toBeUndefined();
    expect(client.isOpen).toBe(fault === 'no' || fault === 'bad');
  });

  test('responses that drip without an end have one deadline together', async () => {
    const { port } = await serve(hello, usual);
    const client = await connect(port, { timeouts: { command: 150 } });
    const dripping = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(hello);
      const timer = setInterval(() => socket.write('* 1 RECENT\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve));
    open.push(() => void dripping.close());
    const dripped = await connect((dripping.address() as AddressInfo).port, { timeouts: { command: 150 } });
    expect(await errorOf(dripped.noop())).toMatchObject({ command: 'NOOP', fault: 'timeout' });
    client.destroy();
  });

  test('a flood of responses has an end too, in time and in octets', async () => {
    const flood = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write('* PREAUTH [CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=PLAIN] hi\r\n');
      const responses = '* LIST () "/" "a mailbox"\r\n'.repeat(2000);
      socket.once('data', () => {
        const more = (): void => {
          if (!socket.destroyed && socket.write(responses)) setImmediate(more);
        };
        socket.on('drain', more);
        // Whatever was asked for, also something that goes on.
        socket.write('+ go on\r\n');
        more();
      });
    });
    await new Promise<void>((resolve) => flood.listen(0, '127.0.0.1', resolve));
    open.push(() => void flood.close());
    const { port } = flood.address() as AddressInfo;
    const timeouts = { command: 300, idle: 60_000 };
    const flooded = (options: Partial<ImapClientOptions> = {}) => connect(port, { timeouts, ...options });
    const slow = await flooded();
    expect(await errorOf(slow.noop())).toMatchObject({ command: 'NOOP', fault: 'timeout' });
    const full = await flooded({ timeouts: {}, limits: { maxAnswerBytes: 1_000_000 } });
    expect(await errorOf(full.list())).toMatchObject({ command: 'LIST', fault: 'protocol' });
    const login = (await flooded()).authenticate(
      { kind: 'password', username: 'ann', password: 'secret' },
      { allowPlaintext: true },
    );
    expect(await errorOf(login)).toMatchObject({ command: 'AUTHENTICATE', fault: 'timeout' });
    const stop = new AbortController();
    const idling = (await flooded()).idle(stop.signal);
    setTimeout(() => stop.abort(), 50);
    expect(await errorOf(idling)).toMatchObject({ command: 'IDLE', fault: 'timeout' });
  });

  test('a set that stands for four thousand million uids is not expanded', async () => {
    const { port } = await serve(hello, {
      ...usual,
      'UID SEARCH': '* ESEARCH (TAG "#") UID ALL 1:4294967295\r\n# OK done\r\n',
    });
    const client = await connect(port);
    await client.select('INBOX');
    expect((await client.search({})).all).toEqual([]);
  });

  test('two commands at once, and commands that need a mailbox', async () => {
    const { port } = await serve(hello, { ...usual, NOOP: '' });
    const client = await connect(port);
    expect(await errorOf(client.addFlags([1], ['\\Seen']))).toMatchObject({ fault: 'state' });
    const first = client.noop();
    expect(await errorOf(client.noop())).toMatchObject({ fault: 'state' });
    client.destroy();
    expect(await errorOf(first)).toMatchObject({ fault: 'closed' });
  });
});

test('nothing gets into a command unseen', async () => {
  const { port, sent } = await serve(hello, { ...usual, '': '# OK done\r\n' });
  const client = await connect(port, { timeouts: { command: 200 } });
  await client.select('in"box\\');
  expect(sent.at(-1)).toBe('a1 SELECT "in\\"box\\\\"');
  await client.search({ subject: 'a"b', header: ['X-A', ''] });
  expect(sent.at(-1)).toBe('a2 UID SEARCH RETURN (ALL) SUBJECT "a\\"b" HEADER "X-A" ""');
  await expect(client.addFlags([1], ['\\Seen) x'])).rejects.toThrow(TypeError);
  await expect(client.addFlags('1\r\na5 LOGOUT', ['\\Seen'])).rejects.toThrow(TypeError);
  await expect(client.fetch('1', ['BODY[]) x']).next()).rejects.toThrow(TypeError);
  await expect(client.fetch([], ['UID']).next()).rejects.toThrow(TypeError);
  await expect(client.search({ keyword: 'a b' })).rejects.toThrow(TypeError);
  expect(sent).toHaveLength(2);
});

test('a literal waits for the server, and a refusal is the answer', async () => {
  const { port, sent } = await serve(hello, { ...usual, APPEND: '# NO [TRYCREATE] no such mailbox\r\n' });
  const client = await connect(port);
  expect(await errorOf(client.append('x', Buffer.from('a\r\n')))).toMatchObject({
    fault: 'no',
    code: { name: 'TRYCREATE' },
  });
  expect(sent).toEqual(['a1 APPEND "x" () {3}']);
  expect(client.isOpen).toBe(true);
});

test('a message that is not of the announced size ends the connection', async () => {
  const { port } = await serve(hello, { ...usual, APPEND: '+ go\r\n' });
  const client = await connect(port);
  await expect(client.append('x', { sizeBytes: 5, pieces: [Buffer.from('abc')] })).rejects.toThrow('5 octets, not 3');
  expect(client.isOpen).toBe(false);
});

test('a fetch that is left early reads the rest, and the next command works', async () => {
  const many = Array.from({ length: 50 }, (_, n) => `* ${n + 1} FETCH (UID ${n + 1})\r\n`).join('');
  const { port } = await serve(hello, {
    ...usual,
    'UID FETCH': `${many}# OK done\r\n`,
    NOOP: '* 4 EXISTS\r\n# OK done\r\n',
  });
  const client = await connect(port);
  await client.select('INBOX');
  for await (const message of client.fetch('1:*', ['UID'])) if (message.uid === 2) break;
  await client.noop();
  expect(client.mailbox?.exists).toBe(4);
});

test('idle ends when it is asked to', async () => {
  const { port, sent } = await serve(hello, { ...usual, IDLE: '+ idling\r\n* 4 EXISTS\r\n* 2 EXPUNGE\r\n' });
  const client = await connect(port, { timeouts: { command: 100 } });
  await client.select('INBOX');
  const stop = new AbortController();
  const changes: string[] = [];
  client.onChange((change) => {
    changes.push(change.kind);
    if (change.kind === 'expunge') stop.abort();
  });
  // This server does not end it: then the connection ends.
  expect(await errorOf(client.idle(stop.signal))).toMatchObject({ command: 'IDLE' });
  expect(changes).toEqual(['exists', 'expunge']);
  expect(sent.at(-1)).toBe('DONE');
  expect(client.mailbox?.exists).toBe(3);
});
