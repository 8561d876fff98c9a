import { constants, deflateRawSync } from 'node:zlib';
import { RecentOctets } from './recent-octets.ts';

/**
 * How far back a batch may refer, as zlib counts it: 2^13 octets. Responses of IMAP repeat what was said just before, and a
 * larger window would gain little of them: 5 % at 2^15, for four times the memory.
 */
const windowBits = 13;
/** 48 KiB while a batch is deflated, with `windowBits`: small enough to be had in 20 µs. */
const memLevel = 6;
/** The quickest. Level 6 saves 15 % more of the octets for three times the CPU. */
const level = 1;

/**
 * Batches below this, octets, are wrapped and not squeezed: they fill one packet either way, and zlib would cost more than the
 * rest of a small command.
 */
const storedBelow = 256;

/** Output pieces of zlib: at least this, so that a small answer costs a small buffer. */
const smallestPiece = 512;
const largestPiece = 65_536;

/**
 * Compresses batches of output into one raw DEFLATE stream (RFC 1951), each so that the peer can read all of it at once.
 * zlib's state lives only as long as a batch: between batches the end of what was said is kept, and given as the dictionary of
 * the next. So a connection that waits holds at most 8 KiB for this, and nothing before it has spoken.
 */
export class OutputDeflater {
  readonly #recent = new RecentOctets(1 << windowBits);

  /** The batch, compressed, and whole at the peer. */
  deflate(batch: Uint8Array): Uint8Array {
    if (batch.length >= storedBelow) return this.#run(batch, constants.Z_SYNC_FLUSH);
    this.#recent.add(batch);
    return storedBlock(batch);
  }

  /** The last batch, which may be empty: after it the stream has ended. */
  finish(batch: Uint8Array): Uint8Array {
    return this.#run(batch, constants.Z_FINISH);
  }

  #run(batch: Uint8Array, finishFlush: number): Uint8Array {
    const chunkSize = Math.min(Math.max(smallestPiece, batch.length >> 1), largestPiece);
    const dictionary = this.#recent.octets;
    const out = deflateRawSync(batch, {
      ...{ windowBits, memLevel, level, chunkSize, finishFlush },
      ...(dictionary === undefined ? {} : { dictionary }),
    });
    this.#recent.add(batch);
    return out;
  }
}

/** A block that is not the last and not compressed; the ones around it end at octets. RFC 1951 section 3.2.4. */
function storedBlock(batch: Uint8Array): Uint8Array {
  const block = Buffer.allocUnsafe(5 + batch.length);
  block[0] = 0;
  block.writeUInt16LE(batch.length, 1);
  block.writeUInt16LE(batch.length ^ 0xffff, 3);
  block.set(batch, 5);
  return block;
}
