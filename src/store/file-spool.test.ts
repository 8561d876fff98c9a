import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { FileSpool, inMemoryBytes } from './file-spool.ts';
import { MemoryShare } from './memory-share.ts';
import type { SpoolLimits } from './spool.ts';

const dir = mkdtempSync(join(tmpdir(), 'posthorn-spool-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Octets that differ, so that a piece in the wrong place is seen. */
const octetsOf = (count: number): Buffer => Buffer.from(Array.from({ length: count }, (_each, i) => (i * 31) % 251));

async function fill(octets: Uint8Array, pieceBytes: number, limits: SpoolLimits): Promise<FileSpool> {
  const spool = new FileSpool(dir, limits);
  for (let at = 0; at < octets.length; at += pieceBytes) await spool.write(octets.subarray(at, at + pieceBytes));
  return spool;
}

describe('a message in memory', () => {
  for (const size of [0, 1, 100, 8191, 8192, 8193, 50_000, inMemoryBytes]) {
    for (const expectedBytes of [undefined, 0, 1, size - 1, size, size + 1, 2 * size, 1e9]) {
      test(`${size} octets where ${expectedBytes} were announced`, async () => {
        const octets = octetsOf(size);
        const spool = await fill(octets, 3000, { maxBytes: 1_000_000, expectedBytes });
        expect(octets.equals(spool.head())).toBe(true);
        const spooled = await spool.finish();
        if (spooled.kind !== 'octets') throw new Error('not in memory');
        expect(octets.equals(spooled.octets)).toBe(true);
        // May be given to another thread as a whole.
        expect(spooled.octets.buffer.byteLength).toBe(size);
      });
    }
  }

  test('an announcement alone takes no memory', async () => {
    const spool = new FileSpool(dir, { maxBytes: 1_000_000, expectedBytes: 200_000 });
    await spool.write(octetsOf(5000));
    expect(spool.head().buffer.byteLength).toBeLessThanOrEqual(8192);
    await spool.write(octetsOf(5000));
    expect(spool.head().buffer.byteLength).toBe(200_000);
  });
});

test('a large message lies in a file, whatever was announced', async () => {
  const octets = octetsOf(inMemoryBytes + 1);
  const spool = await fill(octets, 60_000, { maxBytes: 1_000_000, expectedBytes: 10 });
  const spooled = await spool.finish();
  if (spooled.kind !== 'file') throw new Error('not in a file');
  expect(octets.equals(readFileSync(spooled.path))).toBe(true);
  await spool.discard();
  expect(readdirSync(dir)).toEqual([]);
});

test('the start of a large message can be had from its file', async () => {
  const octets = octetsOf(inMemoryBytes + 50_000);
  const spool = await fill(octets, 60_000, { maxBytes: 1_000_000 });
  expect(octets.subarray(0, inMemoryBytes).equals(spool.head())).toBe(true);
  await spool.finish();
  expect(octets.subarray(0, inMemoryBytes).equals(spool.head())).toBe(true);
  await spool.discard();
});

describe('memory for all messages together', () => {
  test('who finds none left writes a file, and loses nothing', async () => {
    const share = new MemoryShare(30_000);
    const first = new FileSpool(dir, { maxBytes: 1_000_000 }, share);
    const second = new FileSpool(dir, { maxBytes: 1_000_000 }, share);
    const octets = octetsOf(30_000);
    for (const spool of [first, second]) {
      for (let at = 0; at < octets.length; at += 5000) await spool.write(octets.subarray(at, at + 5000));
      expect(octets.equals(spool.head())).toBe(true);
    }
    const [inMemory, inFile] = [await first.finish(), await second.finish()];
    expect(inMemory.kind).toBe('octets');
    if (inFile.kind !== 'file') throw new Error('not in a file');
    expect(octets.equals(readFileSync(inFile.path))).toBe(true);
    expect(share.takenBytes).toBe(0);
    await second.discard();
  });

  test('it is given back, however a message ends', async () => {
    const share = new MemoryShare(1_000_000);
    const discarded = new FileSpool(dir, { maxBytes: 1_000_000 }, share);
    await discarded.write(octetsOf(100_000));
    expect(share.takenBytes).toBeGreaterThan(90_000);
    await discarded.discard();
    expect(share.takenBytes).toBe(0);
    const large = new FileSpool(dir, { maxBytes: 1_000_000 }, share);
    await large.write(octetsOf(100_000));
    await large.write(octetsOf(200_000));
    expect(share.takenBytes).toBe(0);
    await large.discard();
    expect(share.takenBytes).toBe(0);
    const small = new FileSpool(dir, { maxBytes: 1_000_000 }, share);
    await small.write(octetsOf(100));
    expect(share.takenBytes).toBe(0);
    await small.discard();
  });
});

test('beyond the limit nothing is kept', async () => {
  const spool = new FileSpool(dir, { maxBytes: 10, expectedBytes: 5 });
  expect(await spool.write(octetsOf(10))).toBe('kept');
  expect(await spool.write(octetsOf(1))).toBe('too-large');
});
