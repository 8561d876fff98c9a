import type { Notice } from './dsn/notice.ts';
import type { RetiredResult } from '../store/queue/retired-row.ts';
import type { Ending, Outcome, QueueEntry, RemoteReply } from './queued.ts';
import { nextTry, type Schedule } from './schedule.ts';

/** What becomes of an entry after a try, and what its sender is told. */
export interface Decision {
  readonly entry: QueueEntry;
  readonly fate:
    | { readonly kind: 'done'; readonly result: RetiredResult; readonly ending: Ending }
    | { readonly kind: 'later'; readonly dueAtMs: number; readonly delayTold: boolean };
  readonly notice: Notice | undefined;
}

/**
 * Decides after a try; pure. A failure that may pass becomes a final one when the message's time is over. The last try is
 * made at the end of that time, whatever the schedule says.
 */
export function decideSettlement(entry: QueueEntry, outcome: Outcome, schedule: Schedule, nowMs: number): Decision {
  if (outcome.result === 'delivered') {
    const ending: Ending = { status: outcome.reply?.enhanced ?? '2.0.0', reply: outcome.reply };
    return { entry, fate: { kind: 'done', result: 'delivered', ending }, notice: noticeOfDelivery(entry, outcome) };
  }
  const { reply, status } = outcome;
  if (outcome.result === 'failed') return giveUp(entry, status, reply);
  if (nowMs >= entry.expiresAtMs) return giveUp(entry, status === '' ? expiredStatus : status, reply, 'expired');
  const tries = entry.attempts + 1;
  const dueAtMs = Math.min(nextTry(schedule, tries, nowMs), Math.max(entry.expiresAtMs, nowMs + 1000));
  const tellsDelay =
    !entry.delayTold &&
    entry.message.kind === 'mail' &&
    nowMs - (entry.story[0] ?? outcome.story).startedAtMs >= schedule.tellDelayAfterMs * nearly &&
    wants(entry, 'DELAY');
  const notice: Notice | undefined = tellsDelay
    ? { ...about(entry), action: 'delayed', status, reply, willRetryUntilMs: entry.expiresAtMs }
    : undefined;
  return { entry, fate: { kind: 'later', dueAtMs, delayTold: entry.delayTold || tellsDelay }, notice };
}

/** A try that ends shortly before the moment tells it too: the next one may be hours away. */
const nearly = 0.95;

/** RFC 3463 section 3.5: delivery time expired. */
export const expiredStatus = '4.4.7';

/** It is over, and the sender hears of it. */
export function giveUp(
  entry: QueueEntry,
  status: string,
  reply: RemoteReply | undefined,
  because?: Notice['because'],
): Decision {
  const notice: Notice | undefined = wants(entry, 'FAILURE')
    ? { ...about(entry), action: 'failed', status, reply, ...(because === undefined ? {} : { because }) }
    : undefined;
  return { entry, fate: { kind: 'done', result: because ?? 'failed', ending: { status, reply } }, notice };
}

function noticeOfDelivery(entry: QueueEntry, outcome: Extract<Outcome, { result: 'delivered' }>): Notice | undefined {
  // The next server has taken over the wish (RFC 3461 section 5.2.2).
  if (outcome.dsn === 'handed-on' || !wants(entry, 'SUCCESS')) return undefined;
  const action = outcome.dsn === 'final' ? 'delivered' : 'relayed';
  return { ...about(entry), action, status: '2.0.0', reply: outcome.reply };
}

function about(entry: QueueEntry): Pick<Notice, 'recipient' | 'originalRecipient'> {
  return { recipient: entry.recipient, originalRecipient: entry.originalRecipient };
}

/**
 * RFC 3461 section 4.1: without NOTIFY the sender hears of failures and delays. Nobody hears anything on a null path
 * (RFC 5321 section 4.5.5), so that a bounce never bounces.
 */
function wants({ returnPath, notify, message }: QueueEntry, what: 'SUCCESS' | 'FAILURE' | 'DELAY'): boolean {
  if (returnPath === '' || message.kind === 'notification') return false;
  return notify === undefined ? what !== 'SUCCESS' : notify.includes(what);
}
