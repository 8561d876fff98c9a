import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { blobEncoding } from './blob-encoding.ts';
import { packOctets, unpackElsewhere, unpackOctets, unpackTogether, type PackedOctets } from './packed-octets.ts';

const text = (seed: number) => Buffer.from(`Subject: number ${seed}\r\n`.repeat(40 + seed));

function packed(octets: Uint8Array): PackedOctets {
  const made = packOctets(octets);
  if (made === undefined) throw new Error('the sample should shrink');
  return { encoding: blobEncoding.zstd, octets: made, sizeBytes: octets.length };
}

/** As it was done before zstd: deflated, and a CRC-32 behind. */
function deflated(octets: Uint8Array): PackedOctets {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32LE(crc32(octets));
  const made = Buffer.concat([deflateRawSync(octets), checksum]);
  return { encoding: blobEncoding.deflated, octets: made, sizeBytes: octets.length };
}

describe('packed octets', () => {
  test('what is packed comes back, alone and with others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 500 }), fc.boolean()), { maxLength: 20 }), async (samples) => {
        const all = samples.map(([seed]) => text(seed));
        const packs = samples.map(([seed, isOld]) => (isOld ? deflated(text(seed)) : packed(text(seed))));
        expect(packs.map(unpackOctets).map((each) => Buffer.from(each).toString())).toEqual(all.map(String));
        expect(unpackTogether(packs)?.map((each) => Buffer.from(each).toString())).toEqual(all.map(String));
        const elsewhere = await unpackElsewhere(packs);
        expect(elsewhere?.map((each) => Buffer.from(each).toString())).toEqual(all.map(String));
      }),
      { numRuns: 30 },
    );
  });

  test('what does not shrink is not packed', () => {
    expect(packOctets(Uint8Array.from({ length: 1000 }, (_, at) => (at * at * 7919) >> 3))).toBeUndefined();
  });

  const damages = ['a changed octet', 'a checksum that is wrong', 'a size that is wrong', 'octets cut off'];
  test.each(damages.flatMap((damage) => [[damage, 'zstd', packed] as const, [damage, 'deflated', deflated] as const]))(
    '%s (%s) is noticed',
    async (what, _how, pack) => {
      const good = pack(text(7));
      const octets = Uint8Array.from(good.octets);
      if (what === 'a changed octet') octets[20] = (octets[20] ?? 0) ^ 0x55;
      if (what === 'a checksum that is wrong') octets[octets.length - 1] = (octets.at(-1) ?? 0) ^ 1;
      const sizeBytes = what === 'a size that is wrong' ? good.sizeBytes - 1 : good.sizeBytes;
      const bad = { ...good, octets: what === 'octets cut off' ? octets.subarray(0, 12) : octets, sizeBytes };
      expect(() => unpackOctets(bad)).toThrow();
      expect(unpackTogether([good, bad, good])).toBeUndefined();
      expect(await unpackElsewhere([good, bad, good])).toBeUndefined();
    },
  );
});
