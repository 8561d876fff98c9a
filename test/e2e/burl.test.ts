/** BURL, RFC 4468: what is submitted is fetched out of a mailbox here. */
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ImapSession } from './harness/imap-session.ts';
import { ann, bob, readInbox } from './harness/odd-submissions.ts';
import { startServe, type TestServer } from './harness/server.ts';

let server: TestServer;
let imap: ImapSession;

/** Parts that make one message. */
const head = `From: Ann <${ann.address}>\r\nTo: bob@example.test\r\nSubject: forwarded\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee:\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n`;
const whole = `From: Ann <${ann.address}>\r\nTo: bob@example.test\r\nSubject: from the drafts\r\n\r\nwritten elsewhere\r\n`;

beforeAll(async () => {
  server = await startServe({ accounts: [ann, bob] });
  imap = await ImapSession.login(server.ports.imap, ann.address, ann.password);
  await imap.ok(`APPEND Drafts {${whole.length}+}\r\n${whole}`);
});
afterAll(async () => {
  imap.socket.destroy();
  await server[Symbol.asyncDispose]();
});

async function authorize(access: string): Promise<string> {
  const rump = `imap://ann%40example.test@mail.example.test/Drafts/;uid=1;urlauth=${access}`;
  const { untagged } = await imap.ok(`GENURLAUTH "${rump}" INTERNAL`);
  return /^GENURLAUTH "(.+)"$/.exec(untagged[0]?.line.replace(/^\* /, '') ?? '')?.[1] ?? '';
}

/** Sends commands, all at once where they may be; the last line of each answer. */
async function talk(account: typeof ann, ...commands: readonly string[]): Promise<readonly string[]> {
  const socket = connect(server.ports.submission, '127.0.0.1');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) return '(closed)';
      if (/^\d{3} /.test(value)) return value;
    }
  };
  try {
    await answer();
    const plain = Buffer.from(`\0${account.address}\0${account.password}`).toString('base64');
    const answers: string[] = [];
    for (const command of ['EHLO client.test', `AUTH PLAIN ${plain}`, ...commands]) {
      socket.write(`${command}\r\n`);
      answers.push(await answer());
    }
    return answers.slice(2);
  } finally {
    socket.destroy();
  }
}

const envelope = [`MAIL FROM:<${ann.address}>`, `RCPT TO:<${bob.address}>`] as const;

test('a whole message, and a part between octets of BDAT', async () => {
  const url = await authorize('submit+ann%40example.test');
  expect(await talk(ann, ...envelope, `BURL ${url} LAST`)).toEqual([
    expect.stringMatching(/^250 /),
    expect.stringMatching(/^250 /),
    expect.stringMatching(/^250 2\.0\.0 OK, queued/),
  ]);
  const end = '\r\n--b--\r\n';
  const own = 'imap://mail.example.test/Drafts/;uid=1';
  const answers = await talk(
    ann,
    ...envelope,
    `BDAT ${head.length}\r\n${head}`.slice(0, -2),
    `BURL ${own}`,
    `BDAT ${end.length} LAST\r\n${end}`.slice(0, -2),
  );
  expect(answers.at(-1)).toMatch(/^250 2\.0\.0 OK, queued/);
  const inbox = (await readInbox(server, bob, 2)).map((octets) => octets.toString('latin1'));
  expect(inbox[0]).toContain('Subject: from the drafts\r\n');
  expect(inbox[0]?.endsWith('\r\n\r\nwritten elsewhere\r\n')).toBe(true);
  expect(inbox[1]).toContain(`Content-Type: message/rfc822\r\n\r\n${whole}\r\n--b--\r\n`);
});

test('not for somebody else, not from elsewhere, and a URL that gives nothing ends the transaction', async () => {
  const refused = async (account: typeof ann, url: string): Promise<readonly string[]> => {
    const from = `MAIL FROM:<${account.address}>`;
    return (await talk(account, from, `RCPT TO:<${bob.address}>`, `BURL ${url} LAST`, 'BDAT 0 LAST')).slice(2);
  };
  const lost = expect.stringMatching(/^503 /) as string;
  const url = await authorize('submit+ann%40example.test');
  expect(await refused(bob, url)).toEqual([expect.stringMatching(/^554 5\.7\.0 /), lost]);
  expect(await refused(bob, await authorize('user+ann%40example.test'))).toEqual([
    expect.stringMatching(/^554 5\.7\.0 /),
    lost,
  ]);
  expect(
    await refused(
      ann,
      url.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    ),
  ).toEqual([expect.stringMatching(/^554 5\.7\.0 /), lost]);
  for (const own of [
    'imap://bob%40example.test@mail.example.test/Drafts/;uid=1',
    'imap://mail.example.test/Drafts/;uid=9',
  ])
    expect(await refused(ann, own)).toEqual([expect.stringMatching(/^554 5\.7\.0 /), lost]);
  expect(await refused(ann, 'imap://other.test/Drafts/;uid=1')).toEqual([expect.stringMatching(/^554 5\.7\.8 /), lost]);
  expect(await refused(ann, 'http://mail.example.test/')).toEqual([expect.stringMatching(/^501 /), lost]);
  expect(await talk(ann, `MAIL FROM:<${ann.address}>`, `BURL ${url} LAST`)).toEqual([
    expect.stringMatching(/^250 /),
    expect.stringMatching(/^503 5\.5\.1 send RCPT/),
  ]);
  expect((await talk(ann, ...envelope, 'BURL', `BURL ${url} FIRST`)).slice(2)).toEqual([
    expect.stringMatching(/^501 /),
    expect.stringMatching(/^501 /),
  ]);
});
