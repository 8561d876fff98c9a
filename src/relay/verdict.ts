import type { RemoteReply } from '../queue/queued.ts';

/** Why an entry was not delivered, and whether it is worth another try. */
export interface Verdict {
  readonly result: 'later' | 'failed';
  /** RFC 3463. */
  readonly status: string;
  /** In one sentence, for people. */
  readonly text: string;
  /** What the other side said, where it came to that. */
  readonly reply?: RemoteReply | undefined;
}
