import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { ready, SmtpClient, startServer, stopServers } from './smtp-server.ts';

/** Bad inputs of spec/hostile-inputs.md, the lines on SMTP and on login, over real sockets. */
afterEach(stopServers);

const slow = { timeout: 30_000 };

describe('the end of data', () => {
  const ends = ['\n.\n', '\n.\r\n', '\r\n.\n', '\r.\r', '\r\n.\r', '\r.\r\n', '\n.\r', '\0.\0', '\r\n.\0\r\n'];
  for (const end of ends) {
    for (const pieces of ['whole', 'octets'] as const) {
      test(`${JSON.stringify(end)} in ${pieces} ends nothing and smuggles nothing`, async () => {
        const server = await startServer();
        const client = await ready(server, 'ann@example.org');
        const text = `A: b\r\n\r\nx${end}MAIL FROM:<evil@remote.example>\r\nRCPT TO:<bob@example.org>\r\nDATA\r\nevil\r\n.\r\nNOOP\r\n`;
        if (pieces === 'whole') client.send(text);
        else {
          for (const octet of text) {
            client.send(octet);
            await new Promise((resolve) => setImmediate(resolve));
          }
        }
        const heard = await client.hear('250 2.0.0 OK\r\n');
        expect(heard).not.toContain('2.1.0');
        expect(server.store.copies.filter(({ accountId }) => accountId === 2)).toEqual([]);
        expect(server.store.copies.length).toBe(/\0/.test(end) ? 1 : 0);
        expect(server.store.openSpools).toBe(0);
      });
    }
  }

  test('a connection that breaks behind the final dot keeps the message, one before does not', async () => {
    const server = await startServer();
    const complete = await ready(server, 'ann@example.org');
    complete.send('A: b\r\n\r\n.\r\n');
    complete.socket.end();
    await complete.untilClosed();
    const broken = await ready(server, 'bob@example.org');
    broken.send('A: b\r\n\r\nhalf');
    broken.socket.resetAndDestroy();
    await expect.poll(() => server.listener.connections).toBe(0);
    expect(server.store.copies.map(({ accountId }) => accountId)).toEqual([1]);
    expect(server.store.openSpools).toBe(0);
  });
});

describe('what outsiders send instead of SMTP', () => {
  test('an HTTP request is answered once and closed', async () => {
    const server = await startServer();
    const client = await SmtpClient.connect(server);
    client.send('POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO a\r\nMAIL FROM:<a@b.example>\r\n');
    expect(await client.untilClosed()).toMatch(/^220 .*\r\n500 5\.5\.2 [^\r]*\r\n$/);
  });

  test('a TLS handshake on the plain port', async () => {
    const server = await startServer();
    const socket = connectTls({ port: server.listener.port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'error');
    await expect.poll(() => server.listener.connections).toBe(0);
  });

  test('commands before the greeting are answered in order', async () => {
    const server = await startServer();
    const client = await SmtpClient.connect(server);
    client.send('EHLO a.example\r\nNOOP\r\nQUIT\r\n');
    expect(await client.untilClosed()).toMatch(/^220 [^]*250 BINARYMIME\r\n250 2\.0\.0 OK\r\n221 /);
  });

  test('an endless line costs no memory and ends the session', async () => {
    const server = await startServer();
    const client = await ready(server);
    const piece = 'x'.repeat(65_536);
    for (let i = 0; i < 20 && !client.closed; i++) {
      client.send(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.untilClosed()).toContain('500 5.5.2');
  });

  test('an endless list of commands is ended', async () => {
    const server = await startServer();
    const client = await ready(server);
    client.send('NOOP\r\n'.repeat(5000));
    const heard = await client.untilClosed();
    expect(heard.match(/250 2\.0\.0 OK/g)?.length).toBe(99);
    expect(heard).toContain('421 4.7.0');
  });

  for (const [what, line, prologue] of [
    ['senders that are refused', 'MAIL FROM:<a@[192.0.2.1]>\r\n', ''],
    ['messages announced as too large', 'MAIL FROM:<a@remote.example> SIZE=9999999999\r\n', ''],
    [
      'DATA without a recipient that was taken',
      'DATA\r\n',
      'MAIL FROM:<a@remote.example>\r\nRCPT TO:<a@other.example>\r\n',
    ],
    ['empty chunks', 'BDAT 0\r\n', 'MAIL FROM:<a@remote.example>\r\nRCPT TO:<ann@example.org>\r\n'],
  ] as const) {
    test(`${what}: their number is bounded`, async () => {
      const server = await startServer();
      const client = await ready(server);
      client.send(`${prologue}${line.repeat(1000)}`);
      const heard = await client.untilClosed();
      expect(heard).toMatch(/421 4\.7\.0 [^\r]*\r\n$/);
      // The EHLO counts too.
      expect(heard.match(/^[25]5[024] [25]\.\d/gm)?.length).toBeLessThanOrEqual(103);
      await expect.poll(() => server.store.openSpools).toBe(0);
    });
  }

  test('100,000 recipients: a thousand are taken, memory stays bounded', slow, async () => {
    const server = await startServer();
    const client = await ready(server);
    client.send('MAIL FROM:<a@remote.example>\r\n');
    const line = 'RCPT TO:<ann@example.org>\r\n';
    for (let i = 0; i < 100; i++) client.send(line.repeat(1000));
    client.send('NOOP\r\n');
    const heard = await client.hear('250 2.0.0 OK').catch(() => client.text);
    expect(heard.match(/250 2\.1\.5/g)?.length).toBe(1000);
    expect(heard).toContain('452 4.5.3');
    // More refusals than are tolerated end the session.
    expect(heard).toContain('421 4.7.0');
  });

  test('one octet per moment in a command runs into the idle limit', async () => {
    const server = await startServer({ limits: { idleMs: 100 } });
    const client = await ready(server);
    const timer = setInterval(() => client.send('N'), 10);
    expect(await client.untilClosed()).toContain('421 4.4.2 waited too long');
    clearInterval(timer);
  });

  test('one octet per moment in data runs into the minimum rate', async () => {
    const timings = { tickMs: 10, rateGraceMs: 100, minBytesPerSecond: 1_000_000 };
    const server = await startServer({}, { timings });
    const client = await ready(server, 'ann@example.org');
    const timer = setInterval(() => client.send('N'), 10);
    expect(await client.untilClosed()).toContain('421 4.4.2 data comes too slowly');
    clearInterval(timer);
    await expect.poll(() => server.store.openSpools).toBe(0);
  });

  test('a message that takes longer than is allowed ends the session', async () => {
    const server = await startServer({ limits: { dataMs: 50 } });
    const client = await ready(server, 'ann@example.org');
    const timer = setInterval(() => client.send('N'), 10);
    expect(await client.untilClosed()).toContain('421 4.4.2 data took too long');
    clearInterval(timer);
    await expect.poll(() => server.store.openSpools).toBe(0);
  });
});

test('a chunk that was refused may take no longer than a message', async () => {
  const server = await startServer({ limits: { dataMs: 50 } });
  const client = await ready(server);
  client.send('BDAT 100000000\r\n');
  const timer = setInterval(() => client.send('N'), 10);
  expect(await client.untilClosed()).toContain('421 4.4.2 data took too long');
  clearInterval(timer);
});

describe('content', () => {
  test('SIZE that lies: the true size counts, the rest is read, the session goes on', async () => {
    const server = await startServer({ limits: { maxMessageBytes: 100_000 } });
    const client = await ready(server);
    client.send('MAIL FROM:<a@remote.example> SIZE=10\r\nRCPT TO:<ann@example.org>\r\nDATA\r\n');
    await client.hear('354 ');
    client.send(`${'x'.repeat(998)}\r\n`.repeat(200));
    client.send('.\r\nNOOP\r\n');
    const heard = await client.hear('250 2.0.0 OK');
    expect(heard).toContain('552 5.3.4');
    expect(server.store.copies).toEqual([]);
  });

  test('data without end is cut off', async () => {
    const server = await startServer({ limits: { maxMessageBytes: 1000 } });
    const client = await ready(server, 'ann@example.org');
    const piece = `${'x'.repeat(998)}\r\n`.repeat(64);
    for (let i = 0; i < 60 && !client.closed; i++) {
      client.send(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.untilClosed()).toContain('552 5.3.4 the message is far larger');
    await expect.poll(() => server.store.openSpools).toBe(0);
  });

  test('a large message goes through in small pieces, also when the disk is slow', slow, async () => {
    const server = await startServer();
    server.store.slowWrites = true;
    const client = await ready(server, 'ann@example.org');
    const body = `${'0123456789'.repeat(7)}\r\n`.repeat(100_000);
    client.send(`A: b\r\n\r\n${body}.\r\n`);
    await client.hear('250 2.0.0 OK, kept');
    expect(server.store.copies[0]?.text).toBe(`A: b\r\n\r\n${body}`);
    expect(server.store.largestWrite).toBeLessThanOrEqual(65_536);
  });

  test('NUL and eight bits without BODY=8BITMIME are kept as they are', async () => {
    const server = await startServer();
    const client = await ready(server, 'ann@example.org');
    client.send('A: b\r\n\r\n\0\xff\xfe\r\n.\r\n');
    await client.hear('250 2.0.0 OK, kept');
    expect(server.store.copies[0]?.text).toBe('A: b\r\n\r\n\0\xff\xfe\r\n');
  });

  test('a mail loop is ended', async () => {
    const server = await startServer();
    const client = await ready(server, 'ann@example.org');
    client.send(`${'Received: x\r\n'.repeat(101)}\r\n.\r\n`);
    await client.hear('550 5.4.6');
  });

  test('a header without end is refused', async () => {
    const server = await startServer();
    const client = await ready(server, 'ann@example.org');
    client.send(`${'A: b\r\n'.repeat(20_000)}.\r\n`);
    await client.hear('554 5.6.0 the header of the message is too long');
  });

  test('BDAT that promises more than it sends keeps nothing', async () => {
    const server = await startServer({}, { timings: { tickMs: 10, rateGraceMs: 100, minBytesPerSecond: 1_000_000 } });
    const client = await ready(server);
    client.send('MAIL FROM:<a@remote.example>\r\nRCPT TO:<ann@example.org>\r\nBDAT 1000 LAST\r\nA: b\r\nQUIT\r\n');
    expect(await client.untilClosed()).toContain('421 4.4.2 data comes too slowly');
    expect(server.store.copies).toEqual([]);
    await expect.poll(() => server.store.openSpools).toBe(0);
  });

  test('BDAT that sends more than it promised: the rest is commands, and wrong ones', async () => {
    const server = await startServer();
    const client = await ready(server);
    client.send('MAIL FROM:<a@remote.example>\r\nRCPT TO:<ann@example.org>\r\nBDAT 6 LAST\r\nA: b\r\nmore\r\nQUIT\r\n');
    const heard = await client.untilClosed();
    expect(heard).toMatch(/OK, kept as [^\r]*\r\n500 5\.5\.1 [^\r]*\r\n221/);
  });

  test('a large message in chunks, pipelined', slow, async () => {
    const server = await startServer();
    const client = await ready(server);
    const chunk = `\r\n${'x'.repeat(98)}`.repeat(1000);
    client.send('MAIL FROM:<a@remote.example>\r\nRCPT TO:<ann@example.org>\r\nBDAT 6\r\nA: b\r\n');
    for (let i = 0; i < 50; i++) client.send(`BDAT ${chunk.length}\r\n${chunk}`);
    client.send('BDAT 4 LAST\r\n\r\n\r\n');
    await client.hear('OK, kept');
    expect(server.store.copies[0]?.text.length).toBe(6 + 50 * chunk.length + 4);
  });
});

describe('STARTTLS', () => {
  test('octets buffered behind it are not commands under TLS', async () => {
    const server = await startServer();
    const client = await ready(server);
    client.send('STARTTLS\r\nEHLO evil.example\r\nMAIL FROM:<evil@remote.example>\r\n');
    await client.hear('220 2.0.0');
    await client.hear('\r\n');
    client.socket.removeAllListeners('data');
    const secure = connectTls({ socket: client.socket, rejectUnauthorized: false });
    await once(secure, 'secureConnect');
    const inside = new SmtpClient(secure);
    inside.send('RCPT TO:<ann@example.org>\r\nEHLO client.example\r\nRCPT TO:<ann@example.org>\r\nQUIT\r\n');
    const heard = await inside.untilClosed();
    expect(heard).toMatch(/^503 5\.5\.1 say EHLO first [^]*503 5\.5\.1 send MAIL FROM first [^]*221/);
  });

  test('garbage instead of a handshake', async () => {
    const server = await startServer();
    const client = await ready(server);
    client.send('STARTTLS\r\n');
    await client.hear('220 2.0.0');
    client.send('EHLO client.example\r\n');
    await client.untilClosed();
    await expect.poll(() => server.listener.connections).toBe(0);
    expect(server.errors).toEqual([]);
  });
});

describe('login', () => {
  const submission = { role: 'submission', allowPlaintextAuth: true } as const;
  const plain = (login: string, password: string) => Buffer.from(`\0${login}\0${password}`).toString('base64');

  test('broken, huge and cancelled responses leave the session usable', async () => {
    const server = await startServer(submission);
    const client = await ready(server);
    for (const response of [
      '*',
      '=',
      '====',
      'A',
      '\xff\xfe',
      '\0',
      'x'.repeat(12_000),
      'A'.repeat(200_000),
      '',
      'AAAA',
    ]) {
      client.send('AUTH PLAIN\r\n');
      await client.hear('334 ');
      client.send(`${response}\r\n`);
      await client.hear(' (');
    }
    client.send(`AUTH PLAIN ${plain('ann@example.org', 'secret-ann')}\r\n`);
    await client.hear('235 2.7.0');
  });

  test('commands pipelined behind AUTH are taken as its responses', async () => {
    const server = await startServer(submission);
    const client = await ready(server);
    client.send('AUTH LOGIN\r\nMAIL FROM:<ann@example.org>\r\nNOOP\r\n');
    const heard = await client.hear('250 2.0.0 OK');
    expect(heard).toMatch(/334 VXNlcm5hbWU6\r\n501 5\.5\.2/);
  });

  test('guessing is limited per network, over connections, also in parallel', async () => {
    const server = await startServer({ ...submission, limits: { slowAfterFailures: 100 } });
    const clients = await Promise.all(Array.from({ length: 8 }, () => ready(server)));
    const guess = `AUTH PLAIN ${plain('ann@example.org', 'wrong')}\r\n`;
    for (const client of clients) client.send(`${guess.repeat(5)}QUIT\r\n`);
    const heard = await Promise.all(clients.map((client) => client.untilClosed()));
    expect(heard.join('').match(/535 5\.7\.8/g)?.length).toBe(10);
    expect(heard.join('').match(/421 4\.7\.0/g)?.length).toBeGreaterThanOrEqual(6);
    expect(server.directory.checks).toBe(10);
  });

  test('unknown users and wrong passwords get the same answer', async () => {
    const server = await startServer(submission);
    const client = await ready(server);
    const answers: string[] = [];
    for (const login of ['ann@example.org', 'nobody@example.org', 'ann', 'all@example.org', 'x@remote.example']) {
      client.send(`AUTH PLAIN ${plain(login, 'wrong')}\r\n`);
      answers.push(await client.hear('\r\n'));
    }
    expect(new Set(answers).size).toBe(1);
  });

  test('an error of ours is logged with its stack and the answer that was given', async () => {
    const server = await startServer(submission);
    const client = await ready(server);
    client.send(`AUTH PLAIN ${plain('broken@example.org', 'x')}\r\n`);
    expect(await client.hear('\r\n')).toMatch(/^451 4\.3\.0 local error, try again later \(/);
    expect(server.errors).toMatchObject([{ fields: { reply: '451 4.3.0 local error, try again later' } }]);
    expect(server.errors[0]?.error).toBeInstanceOf(Error);
  });
});

describe('a whole conversation of garbage', () => {
  const word = fc.constantFrom(
    'EHLO a\r\n',
    'HELO a\r\n',
    'MAIL FROM:<a@b.example>\r\n',
    'MAIL FROM:<> SIZE=1 BODY=BINARYMIME SMTPUTF8\r\n',
    'RCPT TO:<ann@example.org>\r\n',
    'RCPT TO:<nobody@example.org> NOTIFY=NEVER\r\n',
    'DATA\r\n',
    'BDAT 3\r\nabc',
    'BDAT 10 LAST\r\n',
    'BDAT 0 LAST\r\n',
    '.\r\n',
    'A: b\r\n\r\n',
    '\r\n.\n',
    '\r',
    '\n',
    'RSET\r\n',
    'AUTH PLAIN\r\n',
    'AUTH LOGIN AGE=\r\n',
    '*\r\n',
    'NOOP\r\n',
    'VRFY \xff\r\n',
    '\0',
    'x'.repeat(3000),
  );
  const conversation = fc.array(fc.oneof({ weight: 4, arbitrary: word }, fc.string({ unit: 'binary', maxLength: 8 })), {
    maxLength: 40,
  });

  for (const role of ['mx', 'submission'] as const) {
    test(`never fails and always ends (${role})`, slow, async () => {
      const server = await startServer({ role, allowPlaintextAuth: true, limits: { slowMs: 0 } });
      await fc.assert(
        fc.asyncProperty(conversation, fc.integer({ min: 1, max: 50 }), async (words, cut) => {
          const client = await SmtpClient.connect(server);
          const text = words.join('');
          for (let at = 0; at < text.length && !client.closed; at += cut) client.send(text.slice(at, at + cut));
          client.socket.end();
          const heard = await client.untilClosed();
          expect(heard).toMatch(/^220 mx\.example\.org ESMTP\r\n(?:[2-5][0-9]{2}[ -][^\r\n]*\r\n)*$/);
        }),
        { numRuns: 150 },
      );
      await expect.poll(() => server.listener.connections).toBe(0);
      expect(server.errors).toEqual([]);
      expect(server.store.openSpools).toBe(0);
    });
  }
});
