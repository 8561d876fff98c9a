/** Puts messages in by one way and returns a check that reads all of them back and compares every octet. */
import { expect } from 'vitest';
import { dotStuff, SmtpClient } from '../../../bench/clients/smtp-client.ts';
import { ImapSession } from './imap-session.ts';
import type { Account, TestServer } from './server.ts';
import type { Vector } from './vectors.ts';

type Check = () => Promise<void>;

/** APPENDs the messages, many under way at a time, to a new mailbox. */
export async function importByAppend(
  server: TestServer,
  account: Account,
  mailbox: string,
  messages: readonly Vector[],
): Promise<Check> {
  const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
  await imap.ok(`CREATE "${mailbox}"`);
  const uids: number[] = [];
  for (let i = 0; i < messages.length; i += 50) {
    uids.push(...(await Promise.all(messages.slice(i, i + 50).map(({ octets }) => imap.append(mailbox, octets)))));
  }
  await imap.logout();
  expect(uids).toEqual(messages.map((_, i) => i + 1));
  return () =>
    compareAll(
      server,
      account,
      mailbox,
      uids,
      (octets, i) => octets.equals(messages[i]?.octets ?? Buffer.alloc(0)),
      messages,
    );
}

/** Delivers the messages to INBOX, one after another in one session. */
export async function importBySmtp(server: TestServer, account: Account, messages: readonly Vector[]): Promise<Check> {
  const before = await uidNext(server, account);
  const smtp = await SmtpClient.connect({ host: '127.0.0.1', port: server.ports.smtp }, { helo: 'client.remote.test' });
  for (const { name, octets } of messages) {
    const body = octets.some((octet) => octet > 127) ? ' BODY=8BITMIME' : '';
    await smtp.command(`MAIL FROM:<sender@remote.test>${body}`);
    await smtp.command(`RCPT TO:<${account.address}>`);
    await smtp.data(dotStuff(octets)).catch((error: unknown) => {
      throw new Error(`${name}: ${String(error)}`);
    });
  }
  await smtp.quit();
  const uids = messages.map((_, i) => before + i);
  return () =>
    compareAll(server, account, 'INBOX', uids, (octets, i) => isDelivered(octets, messages[i]?.octets), messages);
}

/** Only the fields that the server adds may stand in front; nothing behind. */
function isDelivered(fetched: Buffer, original: Buffer | undefined): boolean {
  if (!original || fetched.length < original.length) return false;
  const added = fetched.subarray(0, fetched.length - original.length);
  if (!fetched.subarray(added.length).equals(original)) return false;
  return /^(?:(?:Return-Path|Delivered-To|Received|Authentication-Results):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*)+$/.test(
    added.toString('latin1'),
  );
}

async function uidNext(server: TestServer, account: Account): Promise<number> {
  const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
  const { untagged } = await imap.ok('STATUS INBOX (UIDNEXT)');
  await imap.logout();
  return Number(/UIDNEXT (\d+)/.exec(untagged[0]?.line ?? '')?.[1]);
}

async function compareAll(
  server: TestServer,
  account: Account,
  mailbox: string,
  uids: readonly number[],
  isSame: (octets: Buffer, index: number) => boolean,
  messages: readonly Vector[],
): Promise<void> {
  const imap = await ImapSession.login(server.ports.imap, account.address, account.password);
  await imap.ok(`EXAMINE "${mailbox}"`);
  const different: string[] = [];
  const first = uids[0] ?? 0;
  for (let i = 0; i < uids.length; i += 200) {
    const range = `${uids[i]}:${uids[Math.min(i + 199, uids.length - 1)]}`;
    const { untagged } = await imap.ok(`UID FETCH ${range} (UID RFC822.SIZE BODY.PEEK[])`);
    const fetched = untagged.filter(({ line }) => / FETCH /.test(line));
    if (fetched.length !== Math.min(200, uids.length - i)) different.push(`${range}: ${fetched.length} answers`);
    for (const { line, literals } of fetched) {
      const index = Number(/UID (\d+)/.exec(line)?.[1]) - first;
      const octets = literals[0] ?? Buffer.alloc(0);
      const size = Number(/RFC822\.SIZE (\d+)/.exec(line)?.[1]);
      if (size !== octets.length)
        different.push(`${messages[index]?.name}: RFC822.SIZE ${size}, but ${octets.length} octets`);
      if (!isSame(octets, index)) different.push(messages[index]?.name ?? line);
    }
  }
  await imap.logout();
  expect(different).toEqual([]);
}
