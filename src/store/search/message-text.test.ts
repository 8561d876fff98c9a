import { describe, expect, test } from 'vitest';
import { foldForSearch } from '../../mime/fold-for-search.ts';
import { printPartMap } from '../../mime/part-map.ts';
import { scanMessage } from '../../mime/scan-message.ts';
import type { BlobStore } from '../blob-store.ts';
import { blobEncoding } from '../blob-encoding.ts';
import type { SqlRow } from '../sql/statement.ts';
import type { TextQuery } from '../text-query.ts';
import { matchMessage, type StoredText } from './message-text.ts';
import { signMessage } from './sign-message.ts';
import { TextNeedle } from './text-needle.ts';
import { computeSignature, hashNeedles, mayContain } from './trigram-signature.ts';

const hash = Buffer.alloc(32, 1);

/** A message in a blob store that lets others have their turn at each read. */
function stored(message: string): {
  readonly text: StoredText;
  readonly blobs: BlobStore;
  readonly most: () => number;
} {
  const octets = Buffer.from(message);
  let most = 0;
  const blobs = {
    read: async (_key: string, start: number, end: number) => {
      most = Math.max(most, end - start);
      await new Promise(setImmediate);
      return octets.subarray(start, end);
    },
  };
  const row: SqlRow = [
    'Return-Path: <a@example.org>\r\n',
    printPartMap(scanMessage(octets)),
    blobEncoding.blobStore,
    null,
    hash,
    octets.length,
    '',
  ];
  // Only reads are needed here.
  return { text: { row, octets: () => undefined }, blobs: blobs as unknown as BlobStore, most: () => most };
}

const line = 'ein Satz wie viele andere, mit Größe\r\n';
/** Some megabytes in which only `middle` is special. */
const large = (middle: string, type = 'text/plain; charset=utf-8'): string =>
  `Subject: large\r\nContent-Type: ${type}\r\n\r\n${line.repeat(40_000)}${middle}\r\n${line.repeat(30_000)}`;

const find = async (message: ReturnType<typeof stored>, query: TextQuery): Promise<boolean> =>
  matchMessage(message.text, new TextNeedle(query), message.blobs);

describe('a message of megabytes', () => {
  test.each([
    ['in the middle', large('the Needle here'), 'the needle', true],
    ['composed in the text, not in the query', large('un café noir'), 'CAFE\u0301 noir', true],
    ['across lines', large('first\r\nsecond'), 'first\nsecond'.replace('\n', '\r\n'), false],
    ['in HTML, behind a tag', large('<p>the <b>nee</b>dle', 'text/html; charset=utf-8'), 'the needle', true],
    ['Latin-1 that calls itself nothing', large('nothing', 'text/plain'), 'größe', true],
    ['not there', large('x'), 'nowhere to be found', false],
  ])('%s', async (_name, text, needle, found) => {
    const message = stored(text);
    expect(await find(message, { in: 'body', needle })).toBe(found);
    expect(await find(message, { in: 'text', needle })).toBe(found);
    expect(message.most()).toBeLessThanOrEqual(256 * 1024);
  });

  test('a needle wherever the cut between two pieces may be', async () => {
    const needle = 'the needle of thirty characters';
    const pieces = 256 * 1024;
    const heads = 'A: b\r\n\r\n';
    for (let before = pieces - 70; before < pieces + 70; before += 3) {
      const message = stored(`${heads}${'.'.repeat(before)}${needle}${'.'.repeat(2 * pieces)}`);
      expect(await find(message, { in: 'body', needle }), `${before} before`).toBe(true);
    }
  });

  test('a search of header fields reads no body', async () => {
    const message = stored(large('x'));
    expect(await find(message, { in: 'header', name: 'Subject', needle: 'LARGE' })).toBe(true);
    expect(message.most()).toBeLessThan(1000);
  });

  test('its signature is that of the whole, also beside others', async () => {
    const texts = [large('the needle'), large('another', 'text/html'), 'Subject: small\r\n\r\nshort\r\n'];
    const signed = await Promise.all(
      texts.map((text, at) => {
        const { text: one, blobs } = stored(text);
        return signMessage(at, one, blobs);
      }),
    );
    const header = 'return-path: <a@example.org>\nsubject: large\ncontent-type: text/plain; charset=utf-8';
    const plain = large('the needle').split('\r\n\r\n')[1] ?? '';
    expect(signed[0]?.header).toEqual(computeSignature(header));
    expect(signed[0]?.text).toEqual(computeSignature(header, foldForSearch(plain.replaceAll('\r\n', '\n'))));
    for (const [at, needle] of ['the needle', 'another', 'short'].entries()) {
      const places = hashNeedles(needle) ?? new Uint32Array();
      expect(signed.map(({ text }) => mayContain(text, places))).toEqual(texts.map((_text, other) => other === at));
    }
  });
});
