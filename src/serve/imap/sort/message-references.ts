import { findLastField, parseHeader } from '../../../mime/parse-header.ts';
import { parsePartMap } from '../../../mime/part-map.ts';
import type { MessageReader } from '../../../store/message-reader.ts';
import type { StoredEnvelope } from './stored-envelope.ts';
import { threadIds } from './thread-ids.ts';

/** Octets of a header in which References is looked for. */
const maxHeaderBytes = 256 * 1024;

/**
 * The ids that a message refers to, the oldest first: References, or else the first id of In-Reply-To. RFC 5256 section 3,
 * BASE.6.4.THREAD. References is read from the message, since the store does not keep it.
 */
export async function readReferences(reader: MessageReader, envelope: StoredEnvelope): Promise<readonly string[]> {
  const root = parsePartMap(reader.partMap);
  const end = root.ok ? root.value.bodyStart : maxHeaderBytes;
  const octets = await reader.read(0, Math.min(end, maxHeaderBytes));
  const text = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
  // Most messages have none: looking for the name costs less than taking the header apart.
  if (/^references[ \t]*:/im.test(text)) {
    const ids = threadIds(findLastField(parseHeader(text), 'references')?.raw ?? '');
    if (ids.length > 0) return ids;
  }
  return threadIds(envelope.inReplyTo).slice(0, 1);
}
