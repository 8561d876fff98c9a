/** Submission, as people's programs do it: through the door out and the queue, to us and to others. */
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hasDkimpy } from './harness/dkimpy.ts';
import { ann, bob, mailer, readInbox, submitOddMessages, verifyWithOthers } from './harness/odd-submissions.ts';
import { runProgram, testWith } from './harness/programs.ts';
import { startServe, type TestServer } from './harness/server.ts';

interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  readonly octets: Buffer;
}

const taken: Taken[] = [];
/** Takes everything that goes to others. */
const smarthost = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  logger: false,
  onData(stream, { envelope }, callback) {
    const pieces: Buffer[] = [];
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('end', () => {
      const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
      taken.push({ from, to: envelope.rcptTo.map(({ address }) => address), octets: Buffer.concat(pieces) });
      callback();
    });
  },
});
let server: TestServer;

beforeAll(async () => {
  await new Promise<void>((resolve) => smarthost.listen(0, '127.0.0.1', resolve));
  const address = smarthost.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const config = [
    `transports: { relay: { host: 127.0.0.1, port: ${port}, tls: none } }`,
    'routes: [{ transport: relay }]',
  ];
  server = await startServe({ accounts: [ann, bob], config });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await new Promise<void>((resolve) => smarthost.close(() => resolve()));
});

test('a message to us and to others arrives at both, signed, without Bcc and without the client', async () => {
  const transport = mailer(server);
  await transport.sendMail({
    from: ann.address,
    to: [bob.address, 'eve@remote.test'],
    bcc: 'secret@remote.test',
    subject: 'Grüße',
    text: 'hello\n.dot\n',
  });
  transport.close();
  await vi.waitFor(() => expect(taken).toHaveLength(1), { timeout: 20_000 });
  const [here] = await readInbox(server, bob, 1);
  const there = taken[0];
  expect(there).toMatchObject({ from: ann.address, to: ['eve@remote.test', 'secret@remote.test'] });
  for (const octets of [here, there?.octets]) {
    const text = octets?.toString('latin1') ?? '';
    expect(text.match(/^DKIM-Signature:/gm)).toHaveLength(2);
    expect(text).toContain('Received: from mail.example.test (authenticated client)');
    expect(text).not.toMatch(/secret|127\.0\.0\.1/);
  }
  if (hasDkimpy && here !== undefined && there !== undefined) {
    expect(await verifyWithOthers(server, [here, there.octets])).toEqual([
      [true, true],
      [true, true],
    ]);
  }
});

const verified = 'dkimpy verifies both signatures of 50 odd messages that were submitted, queued and delivered';
test.skipIf(!hasDkimpy)(
  hasDkimpy ? verified : `${verified} (python3-dkim and python3-nacl are not installed)`,
  async () => {
    expect(await submitOddMessages(50)).toEqual({ arrived: 50, bad: [] });
  },
);

test('unique return paths: each recipient has one, and what comes back to it reaches the sender', async () => {
  await server.admin('config', 'account', 'set', 'bob', 'unique-return-paths=true');
  const before = taken.length;
  const transport = mailer(server, bob);
  await transport.sendMail({ from: bob.address, to: ['x@remote.test', 'y@remote.test'], text: 'hello' });
  transport.close();
  await vi.waitFor(() => expect(taken).toHaveLength(before + 2), { timeout: 20_000 });
  const paths = taken.slice(before).map(({ from }) => from);
  expect(new Set(paths).size).toBe(2);
  for (const path of paths) expect(path).toMatch(/^bob\+[\w-]{22}@example\.test$/);
});

test('the limit of a day is told as a reason to wait', async () => {
  await server.admin('config', 'account', 'set', 'bob', 'recipients-per-day=2');
  const transport = mailer(server, bob);
  await expect(transport.sendMail({ from: bob.address, to: 'z@remote.test', text: 'hello' })).rejects.toThrow(
    /451.*4\.7\.1/,
  );
  transport.close();
  await server.admin('config', 'account', 'set', 'bob', 'recipients-per-day=');
});

testWith('swaks', 'swaks submits with a login', async () => {
  const before = taken.length;
  const args = ['--server', '127.0.0.1', '--port', String(server.ports.submission), '--auth', 'PLAIN'];
  const who = ['--auth-user', ann.address, '--auth-password', ann.password, '--from', ann.address];
  const done = await runProgram('swaks', [...args, ...who, '--to', 'eve@remote.test']);
  expect(done.stdout).toMatch(/250 2\.0\.0 OK, queued as/);
  await vi.waitFor(() => expect(taken).toHaveLength(before + 1), { timeout: 20_000 });
});
