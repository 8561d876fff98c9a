import type { Reply } from '../respond.ts';

/** Characters collected before they are written: few writes, and yet small steps. */
const chunkChars = 48 * 1024;
/** Octets up to which copying is cheaper than a write of its own. */
const copyUpToBytes = 4096;

/** Collects a long answer into pieces of a good size, and waits where it must. */
export class ChunkedOutput {
  readonly reply: Reply;
  private waiting = '';

  constructor(reply: Reply) {
    this.reply = reply;
  }

  /** Latin-1, one character an octet. */
  add(text: string): void {
    this.waiting += text;
    if (this.waiting.length >= chunkChars) this.flush();
  }

  addOctets(octets: Uint8Array): void {
    if (octets.length <= copyUpToBytes) {
      this.add(Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1'));
      return;
    }
    this.flush();
    this.reply.write(octets);
  }

  flush(): void {
    if (this.waiting === '') return;
    this.reply.write(this.waiting);
    this.waiting = '';
  }

  /** As `Reply.pause`: await it between messages and between pieces of large ones. */
  pause(): Promise<void> | undefined {
    return this.reply.pause();
  }
}
