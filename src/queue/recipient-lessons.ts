import type { AccountId } from '../store/ids.ts';
import type { RecipientLesson } from '../store/queue/recipient-lesson.ts';
import type { Outcome, QueueEntry, RemoteReply } from './queued.ts';
import { baseAddress, saysGone, suppressedForMs } from './suppression.ts';

const dayMs = 24 * 3_600_000;

/** Failures in a row, of whatever kind, that suppress an address (spec section 6.9). */
const failuresInARow = 3;
/** For so long: less than where a server said that nobody is there. */
const suppressedAfterFailuresMs = 7 * dayMs;
/** Failures that lie longer back do not count. */
export const failuresCountMs = 30 * dayMs;

/** What an account learns of a recipient from how a try ended: nothing from what may pass, nor without a reply. */
export function lessonOfOutcome(entry: QueueEntry, outcome: Outcome, nowMs: number): RecipientLesson | undefined {
  const { accountId, kind } = entry.message;
  if (accountId === undefined || kind !== 'mail') return undefined;
  if (outcome.result === 'delivered') return { kind: 'accepted', accountId, address: baseAddress(entry.recipient) };
  if (outcome.result !== 'failed' || outcome.reply === undefined) return undefined;
  return lessonOfFailure(accountId, entry.recipient, { reply: outcome.reply, wasAccepted: false, nowMs });
}

/** `wasAccepted`: the failure came as a bounce, after the next server had taken the message. */
export function lessonOfFailure(
  accountId: AccountId,
  recipient: string,
  how: { readonly reply: RemoteReply; readonly wasAccepted: boolean; readonly nowMs: number },
): RecipientLesson {
  const { reply, wasAccepted, nowMs } = how;
  const { code, enhanced, text } = reply;
  const isGone = saysGone(reply);
  return {
    kind: 'failed',
    accountId,
    address: baseAddress(recipient),
    wasAccepted,
    reason: `${code} ${enhanced ?? ''} ${text}`.slice(0, 300).toWellFormed(),
    atMs: nowMs,
    countedSinceMs: nowMs - failuresCountMs,
    suppressAt: isGone ? 1 : failuresInARow,
    suppressedUntilMs: nowMs + (isGone ? suppressedForMs : suppressedAfterFailuresMs),
  };
}
