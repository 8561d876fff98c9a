import type { Reply } from '../respond.ts';

/** What is collected before it is written: few writes, and yet small steps. */
const chunkBytes = 64 * 1024;
/** Size of the first piece: most answers are short. */
const firstChunkBytes = 4 * 1024;
/** Octets up to which copying is cheaper than a write of its own. */
const copyUpToBytes = 16 * 1024;

/** Collects a long answer into pieces of a good size, and waits where it must. */
export class ChunkedOutput {
  readonly reply: Reply;
  /** Text behind what is in `chunk`. */
  private waiting = '';
  /** Octets between texts are put together here; the sink keeps what it was given, so each piece has memory of its own. */
  private chunk: Buffer | undefined;
  private used = 0;
  private nextChunkBytes = firstChunkBytes;

  constructor(reply: Reply) {
    this.reply = reply;
  }

  /** Latin-1, one character an octet. */
  add(text: string): void {
    this.waiting += text;
    if (this.waiting.length + this.used >= chunkBytes) this.flush();
  }

  addOctets(octets: Uint8Array): void {
    if (octets.length > copyUpToBytes) {
      this.flush();
      this.reply.write(octets);
      return;
    }
    if (this.chunk !== undefined && !this.fits(this.chunk, octets.length)) this.flush();
    const chunk = (this.chunk ??= this.newChunk(octets.length));
    this.moveText(chunk);
    chunk.set(octets, this.used);
    this.used += octets.length;
  }

  flush(): void {
    if (this.chunk !== undefined) {
      if (this.fits(this.chunk, 0)) this.moveText(this.chunk);
      this.reply.write(this.chunk.subarray(0, this.used));
      this.chunk = undefined;
      this.used = 0;
    }
    if (this.waiting === '') return;
    this.reply.write(this.waiting);
    this.waiting = '';
  }

  /** As `Reply.pause`: await it between messages and between pieces of large ones. */
  pause(): Promise<void> | undefined {
    return this.reply.pause();
  }

  /** Is there room for the text that waits and so many octets? */
  private fits(chunk: Buffer, bytes: number): boolean {
    return this.used + this.waiting.length + bytes <= chunk.length;
  }

  private newChunk(bytes: number): Buffer {
    const size = Math.max(this.nextChunkBytes, this.waiting.length + bytes);
    this.nextChunkBytes = chunkBytes;
    return Buffer.allocUnsafeSlow(size);
  }

  private moveText(chunk: Buffer): void {
    if (this.waiting === '') return;
    this.used += chunk.write(this.waiting, this.used, 'latin1');
    this.waiting = '';
  }
}
