/** A queue that only remembers, for tests of what stands in front of it. */
import { readFileSync } from 'node:fs';
import type { Outgoing } from '../queue/enqueue.ts';
import type { QueueId } from '../queue/queued.ts';
import type { SubmitQueue } from './outgoing-message.ts';

export interface QueuedForTest extends Outgoing {
  /** Prefix and content, as it would leave; Latin-1. */
  readonly text: string;
}

export class TestQueue implements SubmitQueue {
  readonly queued: QueuedForTest[] = [];
  /** The answer to the next ones who ask whether they may. */
  limit: 'too-many-recipients' | 'too-many-new-recipients' | undefined;
  asked: readonly string[] = [];
  /** Thrown by the next calls. */
  failure: Error | undefined;
  #entries = 0;

  mayEnqueue(_account: number, recipients: readonly string[]): Promise<TestQueue['limit']> {
    this.asked = recipients;
    return Promise.resolve(this.limit);
  }

  enqueue(outgoing: Outgoing): Promise<readonly QueueId[]> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const { content } = outgoing;
    const octets = content.kind === 'octets' ? content.octets : readFileSync(content.path);
    this.queued.push({ ...outgoing, text: outgoing.prefix + Buffer.from(octets).toString('latin1') });
    // The brand of a test: nothing else makes ids here.
    return Promise.resolve(outgoing.recipients.map(() => ++this.#entries as QueueId));
  }
}
