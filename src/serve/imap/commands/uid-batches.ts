import { command } from '../command.ts';
import { Bad, No } from '../refusal.ts';
import type { Reply } from '../respond.ts';
import { tagOf } from '../search/run-search.ts';
import type { View } from '../view.ts';

/** Smaller batches would make answers of a size that the client does not want; 500 must be possible. RFC 10022. */
const leastBatch = 100;

/**
 * UIDBATCHES: ranges of uids that hold so many messages each, the newest first. A range costs one look into the mailbox's uids,
 * so neither the number of ranges nor asking again is limited. RFC 10022.
 */
export const uidBatches = command({
  name: 'UIDBATCHES',
  states: ['selected'],
  capabilities: ['UIDBATCHES'],
  tells: 'all',
  parse(r) {
    r.expectSpace();
    const size = r.expectNonZero();
    if (!r.takeSpace()) return { tag: tagOf(r), size, first: 1, last: Infinity };
    const first = r.expectNonZero();
    r.expectChar(':');
    return { tag: tagOf(r), size, first, last: r.expectNonZero() };
  },
  async run(session, { tag, size, first, last }, reply) {
    if (first > last) throw new Bad('batches are named from the first to the last', 'CLIENTBUG');
    if (size < leastBatch) throw new No(`batches have ${leastBatch} messages or more`, 'TOOFEW');
    reply.write(`* UIDBATCHES (TAG "${tag}")`);
    await writeBatches(session.currentMailbox().view, { size, first, last }, reply);
    reply.write('\r\n');
  },
});

/** Ranges touch each other, and the last one ends at 1: uids that are not there belong to the range around them. */
async function writeBatches(
  view: View,
  { size, first, last }: { readonly size: number; readonly first: number; readonly last: number },
  reply: Reply,
): Promise<void> {
  // The view may grow while the client is slow.
  const { length } = view;
  let separator = ' ';
  for (let batch = first; batch <= last && (batch - 1) * size < length; batch++) {
    const end = length - batch * size;
    const low = end > 0 ? view.uidAt(end - 1) + 1 : 1;
    reply.write(`${separator}${view.uidAt(end + size - 1)}:${low}`);
    separator = ',';
    const pause = batch % 64 === 0 ? reply.pause() : undefined;
    if (pause !== undefined) await pause;
    if (reply.gone) return;
  }
}
