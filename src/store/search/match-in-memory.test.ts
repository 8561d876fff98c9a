import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldForSearch } from '../../mime/fold-for-search.ts';
import { printPartMap } from '../../mime/part-map.ts';
import { scanMessage } from '../../mime/scan-message.ts';
import { printSearchHead } from '../../mime/searched-fields.ts';
import { hasVectors, readOracle, readVectorMessage } from '../../mime/testing/vector-messages.ts';
import { wholeText } from '../../mime/testing/whole-text.ts';
import type { BlobStore } from '../blob-store.ts';
import type { TextQuery } from '../text-query.ts';
import { blobEncoding } from '../blob-encoding.ts';
import { matchMessage, matchNow, openTexts, type StoredText } from './message-text.ts';
import { TextNeedle } from './text-needle.ts';

const prefix = 'Return-Path: <back@example.org>\r\nReceived: from a\r\n\tby b; today\r\n';

interface Sample {
  /** As it lies in the database, and in the blob store: then its text is decoded in pieces. */
  readonly near: StoredText;
  readonly far: StoredText;
  readonly blobs: BlobStore;
  /** What is searched, in full. */
  readonly headers: string;
  readonly body: string;
}

async function sample(octets: Uint8Array, withHead: boolean): Promise<Sample> {
  const part = scanMessage(octets);
  const read = (start: number, end: number): Uint8Array => octets.subarray(start, end);
  const text = await wholeText(read, part);
  const head = withHead ? foldForSearch(printSearchHead(part.header)) : '';
  const rest = [Buffer.from('hash'), octets.length, head];
  const [near, far] = openTexts([
    [prefix, printPartMap(part), blobEncoding.raw, octets, ...rest],
    [prefix, printPartMap(part), blobEncoding.blobStore, null, ...rest],
  ]);
  if (near === undefined || far === undefined) throw new Error('not opened');
  const blobs = { read: (_key: string, start: number, end: number) => Promise.resolve(read(start, end)) };
  const headers = foldForSearch(`${prefix.replace('\r\n\t', '\t').replaceAll('\r', '')}${text.headers}`);
  // Only reads are needed here.
  return { near, far, blobs: blobs as unknown as BlobStore, headers, body: foldForSearch(text.body) };
}

function isHeld({ headers, body }: Sample, query: TextQuery): boolean {
  const needle = foldForSearch(query.needle);
  if (query.in === 'header') {
    const start = `${query.name.toLowerCase()}: `;
    return headers.split('\n').some((line) => line.startsWith(start) && line.includes(needle, start.length));
  }
  return body.includes(needle) || (query.in === 'text' && headers.includes(needle));
}

async function expectSame(each: Sample, query: TextQuery, what: string): Promise<void> {
  const needle = new TextNeedle(query);
  const held = isHeld(each, query);
  const now = matchNow(each.near, needle);
  if (now !== undefined) expect(now, what).toBe(held);
  expect(await matchMessage(each.near, needle, each.blobs), what).toBe(held);
  expect(await matchMessage(each.far, needle, each.blobs), `${what}, in the blob store`).toBe(held);
}

const line = fc.constantFrom(
  'Subject: Hello  World',
  'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= again',
  'subject:two\r\n folds\r\n\t here',
  'From: "Ann B." <ann@example.org>',
  'From: ann . b@example.org (Ann Comment)',
  'Sender: "Q \\"x\\" R" <q@example.org>',
  'Reply-To: Group: a@b.example, c@d.example;',
  'X-Thing : Blue:Moon',
  'X-Empty:',
  'X-=?utf-8?q?=C3=BC?=: odd name',
  'no colon here',
  'X-Raw: caf\u00c3\u00a9',
  'X-Bare: a\rb',
  "Content-Disposition: attachment; filename*=utf-8''%e2%82%ac%20rates.txt",
  'Content-Type: text/plain; name="a \\"b\\".txt"',
  'Content-Type: text/html; charset=utf-8',
  'Content-Type: multipart/mixed; boundary=b',
  'Content-Type: message/rfc822',
  'Content-Transfer-Encoding: quoted-printable',
  'Content-Transfer-Encoding: base64',
);
const body = fc.constantFrom(
  'plain Text\r\nof two lines\r\n',
  'caf=C3=A9 =\r\njoined\r\n',
  '<p>one<b>two</b> &amp; three</p>\r\n',
  'aGVsbG8gd29ybGQ=\r\n',
  'Subject: inner =?utf-8?q?W=C3=B6rld?=\r\n\r\ninside\r\n',
  '--b\r\nContent-Type: text/plain; name=part.txt\r\n\r\nfirst\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: "In Ner" <in@ner.example>\r\n\r\nsecond\r\n--b--\r\n',
  'nul\0within\r\n',
  'caf\u00c3\u00a9 and cafe\u00cc\u0081\r\n',
);
const message = fc
  .tuple(fc.array(line, { maxLength: 6 }), body)
  .map(([lines, text]) => Buffer.from(`${lines.map((each) => `${each}\r\n`).join('')}\r\n${text}`, 'latin1'));

/** A piece of what is searched, or of the octets, or something else. */
function needleFrom(texts: readonly string[], from: number, length: number): string {
  const text = texts[from % texts.length] ?? '';
  const start = Math.floor(from / texts.length) % Math.max(1, text.length);
  return text.slice(start, start + 1 + (length % 12));
}

describe('what is found', () => {
  test('without decoding all is what is found in the whole decoded text', async () => {
    await fc.assert(
      fc.asyncProperty(
        message,
        fc.boolean(),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 8 }),
        async (octets, withHead, picks) => {
          const each = await sample(octets, withHead);
          for (const [from, length] of picks) {
            const needle = needleFrom(
              [each.headers, each.body, octets.toString('latin1'), 'xyzzy nothing'],
              from,
              length,
            );
            if (foldForSearch(needle) === '') continue;
            await expectSame(each, { in: 'text', needle }, `text ${JSON.stringify(needle)}`);
            await expectSame(each, { in: 'body', needle }, `body ${JSON.stringify(needle)}`);
            for (const name of ['Subject', 'from', 'reply-to', 'x-thing', 'received', 'x-\u00fc'])
              await expectSame(each, { in: 'header', name, needle }, `${name} ${JSON.stringify(needle)}`);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test.skipIf(!hasVectors)('the same in real mail', async () => {
    let seed = 7;
    const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) >>> 1;
    for (const { path } of readOracle().filter((_line, at) => at % 5 === 0)) {
      const octets = readVectorMessage(path);
      const each = await sample(octets, true);
      for (let round = 0; round < 6; round++) {
        const needle = needleFrom(
          [each.headers, each.body, Buffer.from(octets).toString('latin1')],
          random(),
          random(),
        );
        if (foldForSearch(needle) === '') continue;
        await expectSame(each, { in: 'text', needle }, `${path}: ${JSON.stringify(needle)}`);
        await expectSame(each, { in: 'header', name: 'to', needle }, `${path}: To ${JSON.stringify(needle)}`);
      }
    }
  });

  test('an empty needle finds the field, also where it says nothing', async () => {
    const each = await sample(Buffer.from('X-Empty:\r\nX-Blank: \r\n\r\nbody\r\n'), true);
    const find = (name: string) => matchNow(each.near, new TextNeedle({ in: 'header', name, needle: '' }));
    expect(['x-empty', 'X-Blank', 'x-none', 'Received'].map(find)).toEqual([true, true, false, true]);
  });
});
