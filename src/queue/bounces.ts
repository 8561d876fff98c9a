import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { DeliveryReport } from '../mime/parse-delivery-report.ts';
import type { AccountId } from '../store/ids.ts';
import type { OutgoingStore } from '../store/queue/outgoing-store.ts';
import type { ReturnedReport } from './queued.ts';
import { lessonOfFailure } from './recipient-lessons.ts';
import { readReports } from './rows.ts';

/** What came back to a return path, for an account that has it. */
export interface IncomingBounce {
  readonly accountId: AccountId;
  /** The recipient of what came, which may be the return path of an entry. */
  readonly returnPath: string;
  /** Undefined: it is no report about one recipient that we understand. */
  readonly report: DeliveryReport | undefined;
}

/** The queue as the door in sees it, for what comes with the null path. */
export interface IncomingBounces {
  /** Notes a bounce with the entry it is about. False: it is about none of the account's. */
  bounced(bounce: IncomingBounce): Promise<boolean>;
}

export interface BouncesServices {
  readonly store: Pick<OutgoingStore, 'pathOwner' | 'addReport'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Finds the entry that a bounce is about, by the return path that nobody else has (spec sections 1.8 and 6.11), and learns
 * from it. The path is a secret between us and those who had the message; it must belong to the account that gets the bounce.
 */
export async function noteBounce(services: BouncesServices, bounce: IncomingBounce): Promise<boolean> {
  const { store, clock, log } = services;
  const { accountId, returnPath, report } = bounce;
  const owner = await store.pathOwner(returnPath);
  if (owner === undefined || owner.accountId !== accountId) return false;
  const nowMs = clock.now();
  const note: ReturnedReport = {
    atMs: nowMs,
    action: report?.action ?? 'unrecognized',
    ...(report && { status: report.status, host: report.host, text: report.text, recipient: report.recipient }),
  };
  // Two reports of one failure are one failure.
  const isNews = report?.action === 'failed' && !readReports(owner.reports).some(({ action }) => action === 'failed');
  const reply = report && { host: report.host, code: report.code, enhanced: report.status, text: report.text };
  const lesson =
    isNews && reply && reply.code >= 500
      ? lessonOfFailure(accountId, owner.recipient, { reply, wasAccepted: true, nowMs })
      : undefined;
  const noted = await store.addReport({ id: owner.id, report: JSON.stringify(note), lesson });
  const { action, status } = note;
  log.info('bounce matched', { entry: owner.id, recipient: owner.recipient, action, status, noted });
  return true;
}
