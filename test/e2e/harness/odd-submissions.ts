/** Odd messages through submission, queue and local delivery, and what a verifier written by others says of them. */
import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { oddText, verifyWithDkimpy } from './dkimpy.ts';
import { ImapSession } from './imap-session.ts';
import { startServe } from './server.ts';
import type { TestServer } from './server.ts';

export const ann = { name: 'ann', address: 'ann@example.test', password: 'a long password' };
export const bob = { name: 'bob', address: 'bob@example.test', password: 'another password' };

/** A value of a field: folds go on with a blank and are never empty lines. */
const value = oddText.map((each) => ` ${each.replace(/\r\n[ \t\r\n]*/g, '\r\n x')}.`);
const names = fc.constantFrom(
  'Subject',
  'TO',
  'cc',
  'X-Other',
  'List-Id',
  'Content-Type',
  'Date',
  'Message-ID',
  'Bcc',
  'Reply-To',
);
const message = fc
  .tuple(fc.array(fc.tuple(names, value), { maxLength: 12 }), oddText)
  .map(
    ([fields, body]) =>
      `${fields.map(([name, each]) => `${name}:${each}\r\n`).join('')}From: Ann <${ann.address}>\r\n\r\n${body}`,
  );

export function mailer(server: TestServer, account = ann) {
  return createTransport({
    host: '127.0.0.1',
    port: server.ports.submission,
    ignoreTLS: true,
    pool: true,
    maxConnections: 4,
    auth: { user: account.address, pass: account.password },
  });
}

/** All messages of an account's INBOX, once there are `count`. */
export async function readInbox(
  server: TestServer,
  { address, password }: typeof bob,
  count: number,
): Promise<readonly Buffer[]> {
  const session = await ImapSession.login(server.ports.imap, address, password);
  try {
    await session.ok('SELECT INBOX');
    for (const begun = Date.now(); Date.now() - begun < 120_000;) {
      const answer = await session.ok('UID SEARCH RETURN (COUNT) ALL');
      const found = Number(/COUNT (\d+)/.exec(answer.untagged.map(({ line }) => line).join('\n'))?.[1] ?? 0);
      if (found >= count) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { untagged } = await session.ok('UID FETCH 1:* (BODY.PEEK[])');
    return untagged.flatMap(({ literals }) => literals);
  } finally {
    session.socket.destroy();
  }
}

/** For each message, whether each of its signatures verifies. */
export async function verifyWithOthers(
  server: TestServer,
  messages: readonly Buffer[],
): Promise<readonly (readonly boolean[])[]> {
  const { stdout } = await server.admin('config', 'dkim', 'list', 'example.test', '--json');
  const keys = JSON.parse(stdout) as readonly { readonly record: { readonly name: string; readonly value: string } }[];
  const records = Object.fromEntries(keys.map(({ record }) => [record.name, record.value]));
  return verifyWithDkimpy(records, messages);
}

/** Submits so many odd messages to bob; those whose signatures do not all verify, and how many there were. */
export async function submitOddMessages(
  count: number,
): Promise<{ readonly arrived: number; readonly bad: readonly string[] }> {
  await using server = await startServe({ accounts: [ann, bob] });
  await server.admin('config', 'account', 'set', 'ann', 'recipients-per-day=1000000');
  const transport = mailer(server);
  await Promise.all(
    fc
      .sample(message, { numRuns: count, seed: 20_261_124 })
      .map((raw) =>
        transport.sendMail({ envelope: { from: ann.address, to: [bob.address] }, raw: Buffer.from(raw, 'latin1') }),
      ),
  );
  transport.close();
  const arrived = await readInbox(server, bob, count);
  const verdicts = await verifyWithOthers(server, arrived);
  const bad = arrived.filter((_, n) => JSON.stringify(verdicts[n]) !== '[true,true]');
  return { arrived: arrived.length, bad: bad.map((each) => each.toString('latin1')) };
}
