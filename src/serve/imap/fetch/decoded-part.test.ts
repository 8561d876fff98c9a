import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Section } from '../../../mime/find-section.ts';
import { printPartMap, parsePartMap } from '../../../mime/part-map.ts';
import { scanMessage } from '../../../mime/scan-message.ts';
import type { MessageReader } from '../../../store/message-reader.ts';
import { readDecoded, locateEncoded, measureDecoded, UnknownEncoding } from './decoded-part.ts';
import { clipSpan, locateSection, readSpan, spanBytes, type OctetSpan } from '../../octet-span.ts';

const prefix = 'Return-Path: <a@example.org>\r\nReceived: from x\r\n';

function readerOf(original: string, before = prefix): MessageReader {
  const octets = Buffer.from(original, 'latin1');
  return {
    prefix: Buffer.from(before, 'latin1'),
    originalBytes: octets.length,
    partMap: printPartMap(scanMessage(octets)),
    read: (start, end) => Promise.resolve(octets.subarray(start, end)),
    close() {},
  };
}

async function collect(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let out = '';
  for await (const piece of pieces) out += Buffer.from(piece).toString('latin1');
  return out;
}

async function section(original: string, asked: Section, before = prefix): Promise<string | undefined> {
  const reader = readerOf(original, before);
  const root = parsePartMap(reader.partMap);
  if (!root.ok) throw new Error('part map');
  const span = await locateSection(reader, root.value, asked);
  return span && collect(readSpan(reader, span));
}

const mixed = [
  'Subject: s',
  'From: a@example.org',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'one',
  '--b',
  '',
  'two',
  '--b--',
  '',
].join('\r\n');

describe('sections of a message with header fields in front', () => {
  for (const [name, asked, want] of [
    ['all of it', { path: [] }, prefix + mixed],
    ['header', { path: [], text: 'header' }, `${prefix}${mixed.slice(0, mixed.indexOf('--b'))}`],
    ['text', { path: [], text: 'text' }, mixed.slice(mixed.indexOf('--b'))],
    [
      'fields of both',
      { path: [], text: 'header.fields', fields: ['SUBJECT', 'received'] },
      'Received: from x\r\nSubject: s\r\n\r\n',
    ],
    [
      'all fields but',
      { path: [], text: 'header.fields.not', fields: ['received', 'return-path', 'content-type'] },
      'Subject: s\r\nFrom: a@example.org\r\n\r\n',
    ],
    ['a part', { path: [1] }, 'one'],
    ['header of a part', { path: [1], text: 'mime' }, 'Content-Type: text/plain\r\n\r\n'],
    ['part without header', { path: [2] }, 'two'],
    ['no such part', { path: [3] }, undefined],
    ['no message in it', { path: [1], text: 'header' }, undefined],
  ] as const satisfies readonly (readonly [string, Section, string | undefined])[]) {
    test(name, async () => expect(await section(mixed, asked)).toBe(want));
  }

  test('header of the only part is the header of the message', async () => {
    expect(await section('A: 1\r\n\r\nx', { path: [1], text: 'mime' })).toBe(`${prefix}A: 1\r\n\r\n`);
  });

  test('message without a header', async () => {
    expect(await section('\r\nx', { path: [], text: 'header' })).toBe(`${prefix}\r\n`);
    expect(await section('\r\nx', { path: [], text: 'text' })).toBe('x');
  });

  test('empty message', async () => {
    expect(await section('', { path: [] }, '')).toBe('');
    expect(await section('', { path: [], text: 'text' })).toBe('');
  });
});

test('a range of a span is that range of its octets', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(20),
      fc.nat(300),
      fc.nat(400),
      fc.integer({ min: 1, max: 400 }),
      async (head, body, offset, count) => {
        const original = 'b'.repeat(body);
        const reader = readerOf(original);
        const span: OctetSpan = { head: Buffer.from('h'.repeat(head)), start: 0, end: body };
        const clipped = clipSpan(span, { offset, count });
        const octets = await collect(readSpan(reader, clipped));
        expect(octets).toBe(('h'.repeat(head) + original).slice(offset, offset + count));
        expect(octets.length).toBe(spanBytes(clipped));
      },
    ),
  );
});

describe('parts without their transfer encoding', () => {
  const encoded = (encoding: string, body: string): string => `Content-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;

  test('any range is that range of the decoded octets, and is measured right', async () => {
    const decoded = Buffer.from(Array.from({ length: 1000 }, (_each, i) => (i * 7) & 255));
    const reader = readerOf(
      `Content-Type: x/y\r\n${encoded('base64', decoded.toString('base64').replaceAll(/.{76}/g, '$&\r\n'))}`,
    );
    const root = parsePartMap(reader.partMap);
    const part = root.ok ? await locateEncoded(reader, root.value, [1]) : undefined;
    if (part === undefined) throw new Error('no part');
    await fc.assert(
      fc.asyncProperty(fc.nat(1100), fc.integer({ min: 1, max: 1100 }), async (offset, count) => {
        const want = decoded.subarray(offset, offset + count);
        expect(await collect(readDecoded(reader, part, { offset, count }))).toBe(want.toString('latin1'));
        expect(await measureDecoded(reader, part, { offset, count }, () => undefined)).toEqual({
          bytes: want.length,
          hasNul: want.includes(0),
        });
      }),
    );
  });

  test('an encoding that nobody knows', async () => {
    const reader = readerOf(encoded('x-secret', 'abc'));
    const root = parsePartMap(reader.partMap);
    if (!root.ok) throw new Error('part map');
    await expect(locateEncoded(reader, root.value, [1])).rejects.toThrow(UnknownEncoding);
    expect(await locateEncoded(reader, root.value, [2])).toBe(undefined);
    expect(await locateEncoded(reader, root.value, [])).toMatchObject({ encoding: 'binary' });
  });
});
