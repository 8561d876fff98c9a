/** Servers that lie, stall, flood and hang up, on loopback. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { SmtpClient, SmtpError, type SmtpClientOptions } from './smtp-client.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** Says the greeting, then one answer for each line that begins with a key; the longest key wins. */
async function serve(
  greeting: string,
  answers: Readonly<Record<string, string>> = {},
  onLine?: Line,
  onConnect?: (socket: Socket) => void,
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(greeting);
    onConnect?.(socket);
    let rest = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const key = Object.keys(answers)
          .filter((begin) => line.startsWith(begin))
          .toSorted((a, b) => b.length - a.length)[0];
        if (key !== undefined) socket.write(answers[key] ?? '');
        onLine?.(line, socket);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}
type Line = (line: string, socket: Socket) => void;

const connect = (port: number, options: Partial<SmtpClientOptions> = {}) =>
  SmtpClient.connect({ host: '127.0.0.1', port, tls: 'none', ehloName: 'client.test', ...options });
const errorOf = async (work: Promise<unknown>): Promise<SmtpError> => {
  const error: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SmtpError)) throw error;
  return error;
};
const envelope = { from: 'a@client.test', to: ['b@server.test'] };
const message = [Buffer.from('Subject: x\r\n\r\nbody\r\n')];
const pipelining = { EHLO: '250-me\r\n250-PIPELINING\r\n250 SIZE 1000\r\n', MAIL: '250 ok\r\n', RCPT: '250 ok\r\n' };
const usual = {
  ...pipelining,
  DATA: '354 go\r\n',
  '.': '250 2.0.0 taken\r\n',
  RSET: '250 ok\r\n',
  QUIT: '221 bye\r\n',
};

describe('the greeting', () => {
  test.each([
    ['garbage', '\0\0HTTP/1.1 400 Bad\r\n', 'protocol', undefined],
    ['a line without end', `220 ${'x'.repeat(10_000)}`, 'protocol', undefined],
    ['lines without end', '220-x\r\n'.repeat(5000), 'protocol', undefined],
    ['no', '554 5.7.1 go away\r\n', 'refused', 554],
    ['not now', '421 4.3.2 later\r\n', 'refused', 421],
  ])('%s', async (_, greeting, fault, code) => {
    expect(await errorOf(connect(await serve(greeting)))).toMatchObject({ step: 'CONNECT', fault, code });
  });
  test('silence', async () => {
    const error = await errorOf(connect(await serve(''), { timeouts: { greeting: 50 } }));
    expect(error).toMatchObject({ step: 'CONNECT', fault: 'timeout', permanence: 'temporary' });
  });
  test('a slow drip does not prolong the deadline', async () => {
    const port = await serve('', {}, undefined, (socket) => {
      const drip = setInterval(() => socket.write('220-x\r\n'), 10);
      socket.once('close', () => clearInterval(drip));
    });
    // The deadline is far shorter than the hundred lines that are a fault of their own.
    const error = await errorOf(connect(port, { timeouts: { greeting: 80 } }));
    expect(error.fault).toBe('timeout');
  });
  test('nobody listens', async () => {
    const port = await serve('220 x\r\n');
    for (const close of open.splice(0)) close();
    expect(await errorOf(connect(port))).toMatchObject({ step: 'CONNECT', fault: 'connect' });
  });
  test('aborted', async () => {
    const signal = AbortSignal.timeout(30);
    expect(await errorOf(connect(await serve(''), { signal }))).toMatchObject({ fault: 'aborted' });
  });
});

describe('a session', () => {
  test('HELO where EHLO is not known', async () => {
    const client = await connect(await serve('220 x\r\n', { ...usual, EHLO: '502 no\r\n', HELO: '250 me\r\n' }));
    expect([...client.capabilities]).toEqual([]);
    expect((await client.send(envelope, message)).reply?.code).toBe(250);
    await client.quit();
  });
  test('a reply before its command is not taken for the next answer', async () => {
    const client = await connect(await serve('220 x\r\n', { ...usual, EHLO: `${usual.EHLO}250 injected\r\n` }));
    expect(await errorOf(client.send(envelope, message))).toMatchObject({ fault: 'protocol' });
    expect(client.isOpen).toBe(false);
  });
  test('421 may come at any time', async () => {
    const client = await connect(await serve('220 x\r\n', { ...usual, EHLO: `${usual.EHLO}421 4.3.2 bye\r\n` }));
    expect(await errorOf(client.send(envelope, message))).toMatchObject({ fault: 'refused', code: 421 });
    expect(client.isOpen).toBe(false);
  });
  test('each recipient has its own answer, and the connection can be used again', async () => {
    const answers = { ...usual, 'RCPT TO:<no@': '550 5.1.1 nobody\r\n', 'RCPT TO:<later@': '451 4.2.0 later\r\n' };
    const client = await connect(await serve('220 x\r\n', answers));
    const to = ['no@server.test', 'b@server.test', 'later@server.test'];
    const { recipients } = await client.send({ ...envelope, to }, message);
    expect(recipients.map(({ state, reply }) => [state, reply?.code, reply?.enhanced])).toEqual([
      ['refused', 550, '5.1.1'],
      ['accepted', 250, undefined],
      ['refused', 451, '4.2.0'],
    ]);
    expect((await client.send(envelope, message)).reply?.lines).toEqual(['taken']);
    await client.quit();
    expect(client.isOpen).toBe(false);
  });
  test('354 with nobody to send to gets nothing but the end', async () => {
    const lines: string[] = [];
    const port = await serve('220 x\r\n', { ...usual, RCPT: '550 no\r\n' }, (line) => lines.push(line));
    const client = await connect(port);
    expect((await client.send(envelope, message)).reply).toBeUndefined();
    expect(lines.slice(-2)).toEqual(['DATA', '.']);
    expect((await errorOf(client.send({ ...envelope, from: 'x y' }, message))).enhanced).toBe('5.1.7');
    await client.quit();
  });
  test('MAIL refused', async () => {
    const answers = { ...usual, MAIL: '550 5.7.1 no\r\n', RCPT: '503 first MAIL\r\n', DATA: '503 no\r\n' };
    const client = await connect(await serve('220 x\r\n', answers));
    expect(await errorOf(client.send(envelope, message))).toMatchObject({ step: 'MAIL', permanence: 'permanent' });
    await client.quit();
  });
  test('what the message needs and the server does not offer', async () => {
    const client = await connect(await serve('220 x\r\n', usual));
    const needs = [{ size: 1001 }, { body: '8bit' }, { body: 'binary' }, { utf8: true }, { requireTls: true }] as const;
    for (const need of needs)
      expect(await errorOf(client.send({ ...envelope, ...need }, message))).toMatchObject({
        fault: 'unsupported',
        permanence: 'permanent',
      });
  });
  test.each(['a@b.test>\r\nRCPT TO:<c@d.test', 'a@b.test> SIZE=1', 'a', '<a@b.test>'])(
    'no command in an address: %j',
    async (address) => {
      const client = await connect(await serve('220 x\r\n', usual));
      expect((await errorOf(client.send({ ...envelope, to: [address] }, message))).enhanced).toBe('5.1.3');
    },
  );
  test('LIMITS RCPTMAX', async () => {
    const client = await connect(await serve('220 x\r\n', { ...usual, EHLO: '250-me\r\n250 LIMITS RCPTMAX=2\r\n' }));
    const to = ['a@s.test', 'b@s.test', 'c@s.test'];
    const { recipients } = await client.send({ ...envelope, to }, message);
    expect(recipients.map(({ state }) => state)).toEqual(['accepted', 'accepted', 'not-tried']);
  });
});

describe('the message', () => {
  test('a connection lost after the final dot leaves it unknown', async () => {
    const port = await serve('220 x\r\n', { ...usual, '.': '' }, (line, socket) => line === '.' && socket.end());
    const error = await errorOf((await connect(port)).send(envelope, message));
    expect(error).toMatchObject({ step: 'END', fault: 'closed', permanence: 'unknown' });
    expect(error.recipients).toHaveLength(1);
  });
  test('a connection lost before is temporary', async () => {
    const port = await serve('220 x\r\n', { ...usual, DATA: '' }, (line, socket) => line === 'DATA' && socket.end());
    expect(await errorOf((await connect(port)).send(envelope, message))).toMatchObject({
      step: 'DATA',
      permanence: 'temporary',
    });
  });
  test('refused at its end', async () => {
    const client = await connect(await serve('220 x\r\n', { ...usual, '.': '554 5.6.0 spam\r\n' }));
    expect(await errorOf(client.send(envelope, message))).toMatchObject({ step: 'END', code: 554, enhanced: '5.6.0' });
    await client.quit();
  });
  test('a server that does not read', async () => {
    const port = await serve('220 x\r\n', usual, (line, socket) => line === 'DATA' && socket.pause());
    const client = await connect(port, { timeouts: { dataBlock: 100 } });
    const endless = (function* () {
      for (;;) yield Buffer.alloc(65_536, 65);
    })();
    expect(await errorOf(client.send(envelope, endless))).toMatchObject({ step: 'DATA', fault: 'timeout' });
  });
  test('a source that fails never ends the message', async () => {
    const lines: string[] = [];
    const client = await connect(await serve('220 x\r\n', usual, (line) => lines.push(line)));
    const broken = (function* () {
      yield Buffer.from('half\r\n');
      throw new RangeError('disk');
    })();
    await expect(client.send(envelope, broken)).rejects.toThrow(RangeError);
    expect(client.isOpen).toBe(false);
    expect(lines).not.toContain('.');
  });
});

describe('TLS and logins', () => {
  test('STARTTLS is insisted on', async () => {
    const port = await serve('220 x\r\n', usual);
    expect(await errorOf(connect(port, { tls: 'starttls' }))).toMatchObject({ fault: 'unsupported' });
    expect((await connect(port, { tls: 'opportunistic' })).tls).toBeUndefined();
  });
  test('a handshake that does not come', async () => {
    const port = await serve('220 x\r\n', { EHLO: '250-me\r\n250 STARTTLS\r\n', STARTTLS: '220 go\r\n' });
    const error = await errorOf(connect(port, { tls: 'starttls', timeouts: { handshake: 80 } }));
    expect(error).toMatchObject({ step: 'STARTTLS', fault: 'timeout' });
  });
  test('no password in plain text', async () => {
    const client = await connect(await serve('220 x\r\n', { ...usual, EHLO: '250-me\r\n250 AUTH PLAIN\r\n' }));
    const error = await errorOf(client.authenticate({ kind: 'password', username: 'u', password: 'p' }));
    expect(error).toMatchObject({ step: 'AUTH', fault: 'credentials' });
  });
  test.each([
    ['says 235 without a proof', { AUTH: '235 welcome\r\n' }],
    ['never stops asking', { AUTH: '334 \r\n', '*': '501 cancelled\r\n' }],
    ['does not speak base64', { AUTH: '334 ***\r\n', '*': '501 cancelled\r\n' }],
  ])('a server that %s', async (_, answers) => {
    const port = await serve('220 x\r\n', { ...usual, EHLO: '250-me\r\n250 AUTH SCRAM-SHA-256\r\n', ...answers });
    const client = await connect(port);
    const error = await errorOf(client.authenticate({ kind: 'password', username: 'u', password: 'p' }));
    expect(error).toMatchObject({ step: 'AUTH', fault: 'credentials' });
  });
});
