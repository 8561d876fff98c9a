import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SignedMessage } from './signature-block.ts';
import {
  DamagedBlock,
  decodeBlock,
  encodeBlock,
  findCandidates,
  maxBlockOctets,
  maxMessages,
  mergeBlocks,
  removeFromBlock,
} from './signature-block.ts';
import { computeSignature, hashNeedles, unknownSignature } from './trigram-signature.ts';

function sign(id: number, header: string, body: string): SignedMessage {
  return { id, header: computeSignature(header), text: computeSignature(header, body) };
}

function needles(text: string): Uint32Array {
  const hashes = hashNeedles(text);
  if (hashes === undefined) throw new Error(`${text} is too short`);
  return hashes;
}

const message = fc
  .tuple(
    fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    fc.string({ maxLength: 100 }),
    fc.string({ maxLength: 300 }),
  )
  .map(([id, header, body]) => sign(id, header, body));
const messages = fc.array(message, { maxLength: 40 });

describe('block of signatures', () => {
  test('what went in comes out', () => {
    fc.assert(
      fc.property(messages, (given) => {
        expect(decodeBlock(encodeBlock(given))).toEqual(given);
      }),
    );
  });

  test('a block that lies anywhere within other octets', () => {
    const block = encodeBlock([sign(7, 'subject: lunch', 'at noon')]);
    const around = new Uint8Array(block.length + 9);
    around.set(block, 5);
    const within = around.subarray(5, 5 + block.length);
    expect(findCandidates(within, needles('lunch'), 'header')).toEqual([7]);
    expect(decodeBlock(within)).toEqual(decodeBlock(block));
  });

  test('header searches look at headers alone', () => {
    const block = encodeBlock([
      sign(1, 'subject: lunch', 'at noon'),
      sign(2, 'subject: hello', 'lunch at noon?'),
      sign(3, 'subject: hello', ''),
    ]);
    expect(findCandidates(block, needles('lunch'), 'header')).toEqual([1]);
    expect(findCandidates(block, needles('lunch'), 'text')).toEqual([1, 2]);
    expect(findCandidates(block, needles('noon'), 'body')).toEqual([1, 2]);
    expect(findCandidates(block, needles('supper'), 'text')).toEqual([]);
  });

  test('unknown texts are always candidates; large ids and the largest signature keep their values', () => {
    const vast = Array.from({ length: 60_000 }, (_, i) => String.fromCharCode(i)).join('');
    const id = Number.MAX_SAFE_INTEGER;
    const block = encodeBlock([{ id, header: computeSignature(vast), text: unknownSignature }]);
    expect(findCandidates(block, needles('anything'), 'text')).toEqual([id]);
    expect(decodeBlock(block)[0]?.header).toEqual(computeSignature(vast));
  });

  test('merged blocks have the same messages in the same order, in few blocks', () => {
    fc.assert(
      fc.property(fc.array(messages, { maxLength: 12 }), (groups) => {
        const merged = mergeBlocks(groups.map(encodeBlock));
        expect(merged.flatMap(decodeBlock)).toEqual(groups.flat());
        expect(merged).toHaveLength(Math.ceil(groups.flat().length / maxMessages));
      }),
    );
  });

  test('blocks do not grow without limit', () => {
    const large = new Uint8Array(16_384);
    const blocks = Array.from({ length: 100 }, (_, id) => encodeBlock([{ id, header: large, text: large }]));
    const merged = mergeBlocks(blocks);
    expect(merged.every((block) => block.length <= maxBlockOctets)).toBe(true);
    expect(merged).toHaveLength(4);
    const many = Array.from({ length: maxMessages + 1 }, (_, id) => sign(id, '', ''));
    expect(() => encodeBlock(many)).toThrow('too many');
  });

  test('removal', () => {
    const block = encodeBlock([sign(1, 'one one', ''), sign(2, 'two two', ''), sign(3, 'three', '')]);
    const without = removeFromBlock(block, new Set([2, 99]));
    expect(without).toEqual(encodeBlock([sign(1, 'one one', ''), sign(3, 'three', '')]));
    expect(removeFromBlock(block, new Set([99]))).toBe(block);
    expect(removeFromBlock(block, new Set([1, 2, 3]))).toBeUndefined();
  });

  test('damage is noticed or harmless: never another error, never an endless loop', () => {
    const block = encodeBlock([sign(1, 'subject: lunch', 'at noon'), sign(2, 'subject: hello', 'there')]);
    fc.assert(
      fc.property(fc.nat(block.length - 1), fc.nat(255), fc.nat(block.length), (at, value, length) => {
        const damaged = block.slice(0, length);
        if (at < length) damaged[at] = value;
        const isSame = length === block.length && damaged[at] === block[at];
        try {
          expect(findCandidates(damaged, needles('lunch'), 'text').length).toBeLessThanOrEqual(2);
          decodeBlock(damaged);
          expect(length).toBe(block.length);
        } catch (error) {
          expect(isSame).toBe(false);
          expect(error).toBeInstanceOf(DamagedBlock);
        }
      }),
    );
    expect(() => findCandidates(new Uint8Array(0), needles('lunch'), 'text')).toThrow(DamagedBlock);
  });
});
