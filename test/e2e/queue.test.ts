import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { expect, test, vi } from 'vitest';
import { ImapSession } from './harness/imap-session.ts';
import { startServe } from './harness/server.ts';

const ann = { name: 'ann', address: 'ann@example.test', password: 'a long password' };
const bob = { name: 'bob', address: 'bob@example.test', password: 'a long password' };
const mail = { from: ann.address, subject: 'hello', text: 'hello' };

interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

/** A host that takes everything, and with `refuse` only from the next minute on. */
async function startSmarthost() {
  const taken: Taken[] = [];
  const mode = { refuse: false };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onRcptTo(_address, _session, callback) {
      callback(mode.refuse ? Object.assign(new Error('come back later'), { responseCode: 450 }) : null);
    },
    onData(stream, { envelope }, callback) {
      let text = '';
      stream.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { port, taken, mode, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

test('a sender from outside hears of recipients that were refused, by the route of the configuration', async () => {
  const smarthost = await startSmarthost();
  const config = [
    `transports: { relay: { host: 127.0.0.1, port: ${smarthost.port}, tls: none } }`,
    'routes: [{ transport: relay }]',
  ];
  const server = await startServe({ accounts: [ann], config });
  try {
    const sent = await createTransport({ host: '127.0.0.1', port: server.ports.smtp, ignoreTLS: true }).sendMail({
      envelope: { from: 'carl@remote.test', to: [ann.address, 'nobody@example.test'] },
      raw: 'From: carl@remote.test\r\nSubject: two\r\nMessage-ID: <two@remote.test>\r\n\r\nhello\r\n',
    });
    expect(sent.response).toContain('a report follows for the others');
    await vi.waitFor(() => expect(smarthost.taken).toHaveLength(1), { timeout: 15_000 });
    expect(smarthost.taken[0]).toMatchObject({ from: '', to: ['carl@remote.test'] });
    expect(smarthost.taken[0]?.text).toContain('Final-Recipient: rfc822; nobody@example.test');
    expect(smarthost.taken[0]?.text).toContain('In-Reply-To: <two@remote.test>');
    expect(smarthost.taken[0]?.text).toMatch(/^DKIM-Signature:[^;]+; a=rsa-sha256;[^]+?d=example\.test;/m);
  } finally {
    await server[Symbol.asyncDispose]();
    await smarthost.close();
  }
});

test('the queue is looked at and changed while the server runs and while it does not', async () => {
  const smarthost = await startSmarthost();
  smarthost.mode.refuse = true;
  const config = [
    `transports: { relay: { host: 127.0.0.1, port: ${smarthost.port}, tls: none } }`,
    'routes: [{ transport: relay }]',
  ];
  const server = await startServe({ accounts: [ann], config });
  const list = async (...more: string[]) => {
    const { stdout } = await server.admin('queue', 'list', '--json', ...more);
    return JSON.parse(stdout) as {
      id: number;
      recipient: string;
      attempts: number;
      isHeld: boolean;
      story: unknown[];
    }[];
  };
  const send = (from: string) =>
    createTransport({ host: '127.0.0.1', port: server.ports.smtp, ignoreTLS: true }).sendMail({
      envelope: { from, to: [ann.address, 'nobody@example.test'] },
      raw: `From: ${from}\r\nSubject: two\r\n\r\nhello\r\n`,
    });
  try {
    await send('carl@remote.test');
    await vi.waitFor(async () => expect(await list()).toMatchObject([{ attempts: 1, story: [{ result: 'later' }] }]), {
      timeout: 20_000,
    });
    const [entry] = await list('--to', '@remote.test');
    const id = String(entry?.id);
    const { stdout: story } = await server.admin('explain', id);
    expect(story).toContain('Try 1');
    expect(story).toContain('450 come back later');
    expect((await server.admin('queue', 'show', id)).stdout).toContain('carl@remote.test');
    await server.admin('queue', 'hold', id);
    expect(await list('--held')).toMatchObject([{ recipient: 'carl@remote.test' }]);
    expect((await server.tryAdmin('queue', 'drop')).status).toBe(2);
    expect((await server.tryAdmin('queue', 'show', '99999')).stderr).toContain('there is no entry 99999');

    await server.stop();
    await server.admin('queue', 'release', '--all');
    await server.admin('queue', 'pause', 'remote.test', '--reason', 'they asked');
    const { stdout: rules } = await server.admin('queue', 'rules', '--json');
    expect(JSON.parse(rules)).toMatchObject({
      paused: [{ domain: 'remote.test', reason: 'they asked' }],
      holdRules: [],
    });
    await server.admin('queue', 'holdrule', 'add', '--to', 'else.test');
    smarthost.mode.refuse = false;
    await server.start();
    await send('dora@else.test');
    await server.admin('queue', 'kick', id);
    expect(await list()).toMatchObject([{ isHeld: false }, { isHeld: true, attempts: 0 }]);
    expect(smarthost.taken).toEqual([]);
    await server.admin('queue', 'drop', '--held');
    await server.admin('queue', 'resume', 'remote.test');
    await vi.waitFor(() => expect(smarthost.taken).toHaveLength(1), { timeout: 15_000 });
    await vi.waitFor(async () => expect(await list()).toEqual([]), { timeout: 15_000 });
    const { stdout: history } = await server.admin('queue', 'history', '--json');
    const ended = JSON.parse(history) as { id: number; recipient: string; result: string }[];
    expect(ended).toMatchObject([
      { id: entry?.id, recipient: 'carl@remote.test', result: 'delivered', attempts: 2 },
      { recipient: 'dora@else.test', result: 'dropped', attempts: 0 },
    ]);
    expect((await server.admin('queue', 'history', '--result', 'dropped')).stdout).not.toContain('carl@remote.test');
    expect((await server.tryAdmin('queue', 'history', '--result', 'lost')).status).toBe(2);
    const { stdout: end } = await server.admin('explain', id);
    expect(end).toContain('450 come back later');
    expect(end).toMatch(/Try 2[^]*It was delivered\.\n$/);
    const messageId = /^message-id\s+<(\S+)>$/m.exec(end)?.[1] ?? '';
    expect((await server.admin('explain', messageId)).stdout).toBe(end);
    expect((await server.tryAdmin('explain', '<unknown@example.test>')).stderr).toContain('nor in its history');
    await server.admin('queue', 'suppress', 'add', 'ann', 'Gone@remote.test', '--days', '3');
    const { stdout: suppressed } = await server.admin('queue', 'suppress', 'list', 'ann', '--json');
    expect(JSON.parse(suppressed)).toMatchObject([{ address: 'gone@remote.test', reason: 'by hand' }]);
    await server.admin('queue', 'suppress', 'rm', 'ann', 'gone@remote.test');
    expect((await server.tryAdmin('queue', 'suppress', 'rm', 'ann', 'gone@remote.test')).status).toBe(1);
  } finally {
    await server[Symbol.asyncDispose]();
    await smarthost.close();
  }
});

test('what an account sends to nobody here, and to a host that refuses, comes back as a report; success is told when asked for', async () => {
  const smarthost = await startSmarthost();
  const config = [
    `transports: { relay: { host: 127.0.0.1, port: ${smarthost.port}, tls: none }, no: { kind: fail, code: 550, text: never } }`,
    'routes: [{ to: [refused.test], transport: no }, { transport: relay }]',
  ];
  const server = await startServe({ accounts: [ann, bob], config });
  try {
    const transport = createTransport({
      ...{ host: '127.0.0.1', port: server.ports.submissions, secure: true, tls: { rejectUnauthorized: false } },
      auth: { user: ann.address, pass: ann.password },
    });
    // Until the keys of the domain are made, nothing is taken.
    await vi.waitFor(() => transport.sendMail({ ...mail, to: bob.address }), { timeout: 30_000, interval: 500 });
    await transport.sendMail({
      ...mail,
      to: [bob.address, 'dora@refused.test', 'carl@remote.test'],
      dsn: { id: 'ID+7', return: 'full', notify: ['success', 'failure'], recipient: ann.address },
    });
    await vi.waitFor(() => expect(smarthost.taken).toHaveLength(1), { timeout: 20_000 });
    expect(smarthost.taken[0]?.text).toMatch(/^DKIM-Signature: /m);
    const imap = await ImapSession.login(server.ports.imap, ann.address, ann.password);
    const reports = await vi.waitFor(
      async () => {
        await imap.send('SELECT INBOX');
        const { untagged } = await imap.send('FETCH 1:* BODY.PEEK[]');
        const text = untagged.flatMap(({ literals }) => literals.map(String)).join('');
        expect(text.match(/^Action: /gm)).toHaveLength(3);
        return text;
      },
      { timeout: 20_000, interval: 300 },
    );
    await imap.logout();
    expect(reports).toContain('Final-Recipient: rfc822; bob@example.test\r\nAction: delivered');
    expect(reports).toContain('Final-Recipient: rfc822; dora@refused.test\r\nAction: failed');
    expect(reports).toContain('Final-Recipient: rfc822; carl@remote.test\r\nAction: relayed');
    expect(reports).toContain('Original-Envelope-Id: ID+7');
  } finally {
    await server[Symbol.asyncDispose]();
    await smarthost.close();
  }
});
