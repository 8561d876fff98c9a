import { DotStuffer } from '../../wire/smtp/dot-stuffer.ts';
import type { Reply } from '../../wire/smtp/reply.ts';
import type { Dialogue } from './dialogue.ts';
import { refusal } from './smtp-error.ts';
import type { SmtpTimeouts } from './timeouts.ts';

/** The octets of a message, in pieces of any size. */
export type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const chunkBytes = 256 * 1024;
/** Smaller pieces wait for each other. */
const writeBytes = 64 * 1024;

/** After 354: the text with its end. @throws SmtpError, and what `content` throws (the connection is gone then) */
export async function sendData(dialogue: Dialogue, content: Content, timeouts: SmtpTimeouts): Promise<Reply> {
  const stuffer = new DotStuffer();
  let kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    for (const piece of stuffer.push(chunk)) {
      kept.push(piece);
      bytes += piece.length;
    }
    if (bytes < writeBytes) continue;
    await dialogue.write('DATA', inOne(kept), timeouts.dataBlock);
    kept = [];
    bytes = 0;
    // A server that has seen enough says so, or hangs up.
    await dialogue.refuseEarly('DATA');
  }
  // A message of the usual size goes as one: each write costs more than its octets.
  await dialogue.write('END', inOne([...kept, Buffer.from(stuffer.end())]), timeouts.dataBlock);
  return dialogue.reply('END', timeouts.dataEnd);
}

/** In chunks, octet for octet. RFC 3030 section 2. @throws SmtpError, and what `content` throws */
export async function sendChunks(dialogue: Dialogue, content: Content, timeouts: SmtpTimeouts): Promise<Reply> {
  let kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + chunkBytes - bytes);
      kept.push(part);
      bytes += part.length;
      at += part.length;
      if (bytes < chunkBytes) continue;
      const reply = await sendChunk(dialogue, kept, '', timeouts);
      if (reply.code !== 250) throw refusal('BDAT', reply);
      kept = [];
      bytes = 0;
    }
  }
  return sendChunk(dialogue, kept, ' LAST', timeouts);
}

async function sendChunk(
  dialogue: Dialogue,
  parts: readonly Uint8Array[],
  last: '' | ' LAST',
  timeouts: SmtpTimeouts,
): Promise<Reply> {
  const octets = inOne(parts);
  await dialogue.send('BDAT', `BDAT ${octets.length}${last}\r\n`, timeouts.dataBlock);
  await dialogue.write(last === '' ? 'BDAT' : 'END', octets, timeouts.dataBlock);
  return dialogue.reply(last === '' ? 'BDAT' : 'END', last === '' ? timeouts.dataBlock : timeouts.dataEnd);
}

function inOne(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  return first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces);
}
