import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CommandIo } from '../command.ts';
import { cutAtDot, prepareMessage } from './prepare-message.ts';
import { parseSendmailWords } from './parse-sendmail-words.ts';
import { readSettings } from './read-settings.ts';
import { runSendmail } from './run-sendmail.ts';

const dir = mkdtempSync(join(tmpdir(), 'posthorn-sendmail-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
function settingsFile(text: string): string {
  const file = join(dir, 'settings.yaml');
  writeFileSync(file, text);
  return file;
}

describe('the words', () => {
  test('letters in a row, values attached or not, -- ends options', () => {
    expect(
      parseSendmailWords(['-ti', '-fa@b.test', '-F', 'Ann B', '--config=x', 'c@d.test', '--', '-e@f.test']),
    ).toEqual({
      ...{ configFile: 'x', help: false, readRecipients: true, from: 'a@b.test', fullName: 'Ann B', ignoreDots: true },
      recipients: ['c@d.test', '-e@f.test'],
    });
    expect(parseSendmailWords(['-oi', '-oem', '-odi', '-bm', '-f', ''])).toMatchObject({ ignoreDots: true, from: '' });
  });
  test.each([['-bs'], ['-bp'], ['-q'], ['--nothing'], ['-f'], ['-oQ/x'], ['--config']])('%s is refused', (word) => {
    expect(() => parseSendmailWords([word])).toThrow(expect.objectContaining({ status: 64 }));
  });
});

describe('the message', () => {
  const now = new Date('2026-11-24T10:00:00Z');
  const defaults = { from: 'ann@a.test', fullName: 'Ann É', now, id: 'id', domain: 'a.test' };
  const prepare = (text: string, readRecipients = true) => {
    const { octets, ...rest } = prepareMessage(Buffer.from(text), readRecipients, defaults);
    return { text: octets.toString(), ...rest };
  };
  const added =
    'From: =?utf-8?Q?Ann_=C3=89?= <ann@a.test>\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\nMessage-ID: <id@a.test>\r\n';

  test('gets what it lacks, and Bcc goes', () => {
    const text = 'To: root, "B, C" <bob@b.test>\nBcc: x@c.test,\n y@c.test\ncc: g: z@d.test;\n\nbody\n';
    expect(prepare(text)).toEqual({
      text: `${added}To: root, "B, C" <bob@b.test>\ncc: g: z@d.test;\n\r\nbody\n`,
      recipients: ['root@a.test', 'bob@b.test', 'x@c.test', 'y@c.test', 'z@d.test'],
      ...{ isHeader8bit: false, is8bit: false },
    });
  });
  test('keeps what it has', () => {
    const text = 'DATE: x\r\nfrom: y@z.test\r\nMessage-Id: <1@2>\r\nBcc: q@z.test\r\n\r\né';
    expect(prepare(text, false)).toEqual({ text, recipients: [], isHeader8bit: false, is8bit: true });
  });
  test('Resent- fields win', () =>
    expect(prepare('To: a@a.test\nResent-To: b@b.test\n\n').recipients).toEqual(['b@b.test']));
  test.each([
    ['', `${added}\r\n`],
    ['hello\n', `${added}\r\nhello\n`],
    ['Subject: x', `${added}Subject: x\r\n\r\n`],
    ['Subject: x\nno field\n', `${added}Subject: x\n\r\nno field\n`],
    ['From a@b Mon\nSubject: x\n\n', `${added}Subject: x\n\r\n`],
  ])('%j has a header and a body', (text, whole) => expect(prepare(text).text).toBe(whole));
  test.each([
    ['a\n.\nb\n', 'a\n'],
    ['a\r\n.\r\nb', 'a\r\n'],
    ['..\n.a\na.\n', '..\n.a\na.\n'],
    ['.', ''],
  ])('%j ends at its dot', (text, cut) => expect(cutAtDot(Buffer.from(text)).toString()).toBe(cut));
});

describe('the settings', () => {
  test('ports follow TLS', () => {
    expect(readSettings(settingsFile('host: h'))).toMatchObject({ port: 465, tls: 'implicit', clientKey: undefined });
    const seed = Buffer.alloc(32, 1).toString('base64');
    expect(
      readSettings(settingsFile(`host: h\ntls: starttls\nclientKeyEd25519: ${seed}\nfrom: a@b.test`)),
    ).toMatchObject({
      ...{ port: 587, from: 'a@b.test', clientKey: { ed25519Seed: Buffer.alloc(32, 1) } },
    });
  });
  test.each([
    '',
    '[]',
    '{',
    'tls: none',
    'host: 1',
    'host: h\nport: 0',
    'host: h\nport: "25"',
    'host: h\ntls: maybe',
    'host: h\nusr: x',
    'host: h\npassword: p',
    'host: h\nusername: u\npassword: p\nclientKeyEd25519: AAAA',
    'host: h\nclientKeyEd25519: AAAA',
    'host: h\nca: /nowhere.pem',
    'host: h\nclientCert: /nowhere.pem',
  ])('%j is refused', (text) => {
    expect(() => readSettings(settingsFile(text))).toThrow(expect.objectContaining({ status: 78 }));
  });
});

describe('the exit status without a server', () => {
  async function run(words: readonly string[], input = 'Subject: x\n\n') {
    let said = '';
    const io: CommandIo = {
      out: (text) => void (said += text),
      err: (text) => void (said += text),
      readInput: () => Promise.resolve(Buffer.from(input)),
    };
    return { status: await runSendmail(words, io), said };
  }
  // The discard port of loopback: nobody listens there.
  const settings = () => settingsFile('host: 127.0.0.1\nport: 9\ntls: none\nfrom: a@a.test');

  test.each([
    ['-bs', ['-bs'], 64],
    ['no settings', ['--config', '/nowhere.yaml', 'b@b.test'], 78],
    ['help', ['--help'], 0],
  ])('%s', async (_, words, status) => expect(await run(words)).toMatchObject({ status }));
  test('nobody to send to', async () => {
    expect((await run(['--config', settings()])).status).toBe(64);
    expect((await run(['--config', settings(), '-t'])).status).toBe(67);
    expect((await run(['--config', settings(), '<>'])).status).toBe(67);
  });
  test('no server is worth another try', async () => {
    const { status, said } = await run(['--config', settings(), 'b@b.test']);
    expect(status).toBe(75);
    expect(said).toMatch(/^posthorn sendmail: CONNECT: .*ECONNREFUSED/);
  });
});
