import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { FileSpool } from '../store/file-spool.ts';
import type { Spooled } from '../store/spool.ts';
import { OutgoingBody } from './outgoing-body.ts';

const dir = mkdtempSync(join(tmpdir(), 'posthorn-outgoing-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function begin(maxBytes = 10_000_000): OutgoingBody {
  const origin = { hostname: 'mail.example.org', clock: { now: () => 0 } };
  return new OutgoingBody(new FileSpool(dir, { maxBytes }), origin);
}

async function pass(...pieces: readonly (string | Uint8Array)[]) {
  const body = begin();
  for (const piece of pieces) await body.write(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
  const finished = await body.finish();
  const raw = textOf(finished.content);
  return { ...finished, raw, text: raw.replace(added, '') };
}

function textOf(content: Spooled): string {
  const octets = content.kind === 'octets' ? content.octets : readFileSync(content.path);
  return Buffer.from(octets).toString('latin1');
}

/** What a message gets that has neither. */
const added = /^Message-ID: <[\w-]{22}@mail\.example\.org>\r\nDate: Thu, 01 Jan 1970 00:00:00 \+0000\r\n/;

/** RFC 6376 section 3.4.4 on a whole string. */
function plainHash(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.at(-1) === '') lines.pop();
  const text = lines.length === 0 ? '' : `${lines.join('\r\n')}\r\n`;
  return createHash('sha256').update(text, 'latin1').digest('base64');
}

describe('what is kept', () => {
  test.each<[string, string, string]>([
    ['an ordinary message', 'A: 1\r\n\r\nhello\r\n', 'A: 1\r\n\r\nhello\r\n'],
    [
      'Bcc goes, folded and twice',
      'Bcc: a@b,\r\n\tc@d\r\nA: 1\r\nbCC : x\r\n\r\nBcc: stays\r\n',
      'A: 1\r\n\r\nBcc: stays\r\n',
    ],
    ['Resent-Bcc and Return-Path go', 'Resent-Bcc: a@b\r\nReturn-Path: <x@y>\r\nA: 1\r\n\r\n', 'A: 1\r\n\r\n'],
    ['a header alone gets its end', 'A: 1\r\nBcc: x', 'A: 1\r\n\r\n'],
    ['no header', '\r\nhello\r\n', '\r\nhello\r\n'],
    ['nothing', '', '\r\n'],
  ])('%s', async (_, message, kept) => {
    expect((await pass(message)).text).toBe(kept);
  });

  test('the same for every division into pieces, with the hash of the body', async () => {
    const piece = fc.constantFrom('A: 1', 'Bcc: x', '\r\n', '\r\n\r\n', ' ', '\t', 'ä', 'text', '.', 'Bcc:');
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        async (parts, sizes) => {
          const message = `From: a@b\r\n${parts.join('')}`;
          const whole = await pass(message);
          const pieces: string[] = [];
          for (let at = 0, n = 0; at < message.length; n++) {
            const size = sizes[n % sizes.length] ?? 1;
            pieces.push(message.slice(at, at + size));
            at += size;
          }
          const divided = await pass(...pieces);
          expect([divided.text, divided.bodyHash, divided.form]).toEqual([whole.text, whole.bodyHash, whole.form]);
          const end = whole.raw.indexOf('\r\n\r\n') + 4;
          expect(whole.header.text).toBe(whole.raw.slice(0, end));
          expect(whole.bodyHash).toBe(plainHash(whole.raw.slice(end)));
          expect(whole.header.fields.some(({ name }) => name === 'bcc')).toBe(false);
        },
      ),
    );
  });

  test('a large message lies in a file, and its header and hash are those of the whole', async () => {
    const body = 'x y  z\r\n'.repeat(100_000);
    const { text, content, bodyHash } = await pass(
      'From: a@b\r\nBcc: c@d\r\n',
      '\r\n',
      body.slice(0, 300_001),
      body.slice(300_001),
    );
    expect(content.kind).toBe('file');
    expect(text).toBe(`From: a@b\r\n\r\n${body}`);
    expect(bodyHash).toBe(plainHash(body));
  });
});

test('what is missing is added, in front, and is part of the header', async () => {
  expect((await pass('From: a@b\r\nMESSAGE-ID: <1@b>\r\n\r\n')).raw).toBe(
    'Date: Thu, 01 Jan 1970 00:00:00 +0000\r\nFrom: a@b\r\nMESSAGE-ID: <1@b>\r\n\r\n',
  );
  const { raw, header } = await pass('Bcc: x@y\r\nFrom: a@b\r\n\r\nhi');
  expect(raw).toMatch(added);
  expect(header.fields.map(({ name }) => name)).toEqual(['message-id', 'date', 'from']);
});

describe('what the transport must carry', () => {
  const long = 'x'.repeat(998);
  test.each<[string, string, string]>([
    ['7bit', 'A: 1\r\n\r\nhello\r\n', '7bit'],
    ['8bit in the body', 'A: 1\r\n\r\nhell\xf6\r\n', '8bit'],
    ['8bit in the header', 'A: \xc3\xb6\r\n\r\nhello\r\n', '8bit'],
    ['the longest line', `A: 1\r\n\r\n${long}\r\n${long}`, '7bit'],
    ['a line too long', `A: 1\r\n\r\n${long}x\r\nb`, 'binary'],
    ['the last line too long', `A: 1\r\n\r\nb\r\n${long}xx`, 'binary'],
    ['NUL', 'A: 1\r\n\r\n\0', 'binary'],
    ['a lone LF', 'A: 1\r\n\r\na\nb', 'binary'],
    ['a lone LF at once', 'A: 1\r\n\r\n\nb', 'binary'],
    ['a lone CR', 'A: 1\r\n\r\na\rb\r\n', 'binary'],
    ['two CR', 'A: 1\r\n\r\na\r\r\n', 'binary'],
    ['a lone CR in the last line', 'A: 1\r\n\r\na\r\nb\rc', 'binary'],
  ])('%s', async (_, message, form) => {
    expect((await pass(message)).form).toBe(form);
    expect((await pass(...message)).form).toBe(form);
  });
});

describe('bounds', () => {
  test('a header without end is neither kept nor held in memory', async () => {
    const body = begin();
    const piece = Buffer.from(`A: ${'x'.repeat(1000)}\r\n`.repeat(64));
    for (let n = 0; n < 8; n++) expect(await body.write(piece)).toBe('kept');
    expect(await body.finish()).toMatchObject({ headerComplete: false, content: { octets: new Uint8Array() } });
  });

  test('too large is said by the spool; what is thrown away leaves no file', async () => {
    const body = begin(400_000);
    await body.write(Buffer.from('A: 1\r\n\r\n'));
    expect(await body.write(Buffer.alloc(300_000, 'x'))).toBe('kept');
    const before = readdirSync(dir).length;
    expect(await body.write(Buffer.alloc(300_000, 'x'))).toBe('too-large');
    await body.discard();
    expect(readdirSync(dir)).toHaveLength(before - 1);
  });
});
