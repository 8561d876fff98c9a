import { open } from 'node:fs/promises';
import type { Spooled } from './spool.ts';

const pieceBytes = 256 * 1024;

/** The octets of a spooled message that nobody took over yet, piece by piece; each may be used until the next is asked for. */
export async function* readSpooled(spooled: Spooled): AsyncGenerator<Uint8Array> {
  if (spooled.kind === 'octets') {
    yield spooled.octets;
    return;
  }
  const file = await open(spooled.path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(pieceBytes);
    for (let at = 0; ;) {
      const { bytesRead } = await file.read(buffer, 0, pieceBytes, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
