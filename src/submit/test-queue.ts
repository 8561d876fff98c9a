/** A queue that only remembers, for tests of what stands in front of it. */
import { readFileSync } from 'node:fs';
import type { Enqueued, Outgoing } from '../queue/enqueue.ts';
import type { QueueId } from '../queue/queued.ts';
import type { SendingAllowance, SendingRefusal } from '../queue/sending-allowances.ts';
import type { SubmitQueue } from './outgoing-message.ts';

export interface QueuedForTest extends Outgoing {
  /** Prefix and content, as it would leave; Latin-1. */
  readonly text: string;
}

export class TestQueue implements SubmitQueue {
  readonly queued: QueuedForTest[] = [];
  /** The answer to the next ones who ask whether they may. */
  limit: SendingRefusal | undefined;
  /** Room that was allowed and not given back. */
  held = 0;
  asked: readonly string[] = [];
  /** Thrown by the next calls. */
  failure: Error | undefined;
  #entries = 0;

  mayEnqueue(_account: number, recipients: readonly string[]): Promise<SendingRefusal | SendingAllowance> {
    this.asked = recipients;
    if (this.limit !== undefined) return Promise.resolve(this.limit);
    this.held++;
    return Promise.resolve({ release: () => void this.held-- });
  }

  enqueue(outgoing: Outgoing): Promise<Enqueued> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { content } = outgoing;
    const octets = content.kind === 'octets' ? content.octets : readFileSync(content.path);
    this.queued.push({ ...outgoing, text: outgoing.prefix + Buffer.from(octets).toString('latin1') });
    // The brand of a test: nothing else makes ids here.
    return Promise.resolve({ ids: outgoing.recipients.map(() => ++this.#entries as QueueId), filed: 0 });
  }
}
